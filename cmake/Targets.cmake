# What nearly every file includes, read once a build. Our own code gets none where SW_PRECOMPILE is off, as in
# `release`, so that a forgotten include is noticed; tests get only what each of them includes anyway.
option(SW_PRECOMPILE "Precompile for our own code what nearly all of it includes" OFF)
if(SW_PRECOMPILE)
  # clang notes the time otherwise, and ccache then finds nothing again.
  add_compile_options("$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cc CONTENT "")
  add_library(sw_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
  target_link_libraries(sw_precompiled PRIVATE sw_settings sw_warnings)
  # Some libraries bring this flag and some do not; all users must agree with what was precompiled.
  # What std::stable_sort itself uses counts as ours once it is precompiled.
  target_compile_options(sw_settings INTERFACE -pthread -Wno-deprecated-declarations)
  target_precompile_headers(sw_precompiled PRIVATE
    <algorithm> <array> <charconv> <chrono> <condition_variable> <expected> <filesystem> <fstream> <functional>
    <iostream> <map> <memory> <mutex> <optional> <ranges> <set> <span> <string> <string_view> <thread> <tuple>
    <unordered_map> <variant> <vector> <fmt/format.h> <boost/json.hpp>)
endif()

# One library target a folder. Every header must compile alone: what has a .cc of its name is the first that this
# includes (tools/check-layers), and `release` compiles that without a precompiled header; the rest is compiled alone
# by the target all_verify_interface_header_sets.
#
#   sw_library(sw_net HEADERS a.h SOURCES a.cc LINK sw_core LIBRARIES CURL::libcurl)
#
# LINK names our own targets (public), LIBRARIES other people's (public, their headers as SYSTEM).
function(sw_library name)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;LINK;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set(header_only ${ARG_HEADERS})
  list(TRANSFORM ARG_SOURCES REPLACE "\\.cc$" ".h" OUTPUT_VARIABLE with_source)
  list(REMOVE_ITEM header_only ${with_source})
  list(REMOVE_ITEM ARG_HEADERS ${header_only})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  if(header_only)
    target_sources(${name} PUBLIC FILE_SET header_only TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                                  FILES ${header_only})
    set_target_properties(${name} PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY header_only)
  else()
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS OFF)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK} ${ARG_LIBRARIES} sw_settings)
  target_link_libraries(${name} PRIVATE sw_warnings)
  if(SW_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM sw_precompiled)
  endif()
endfunction()

# Tests of what reads foreign bytes, which tools/check also runs under the sanitizers.
add_custom_target(bytes_tests)

# One test program a folder: sw_test(core_test SOURCES a_test.cc LINK sw_core [LABELS unit;slow] [SHARDS 4]).
# A program is one ctest case, its tests in a random order (of which it prints the seed): nine tenths of the time
# would go to starting it anew for each of them. SHARDS makes several cases of a long one, each of some of its tests,
# to run side by side, and before the short ones.
function(sw_test name)
  cmake_parse_arguments(ARG "" "SHARDS" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  if(folder MATCHES "^(core|net|config|crawler)" AND "unit" IN_LIST ARG_LABELS)
    list(TRANSFORM ARG_LABELS REPLACE "^unit$" "unit-bytes")
    add_dependencies(bytes_tests ${name})  # Which is made below.
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} sw_settings sw_warnings GTest::gmock_main)
  target_precompile_headers(${name} REUSE_FROM sw_precompiled_tests)
  # Only the files that ask for it get the checkout's path, so that ccache serves all others to any
  # clone.
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} uses REGEX "SW_SOURCE_DIR|SW_TEST_DATA")
    if(uses)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
        SW_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SW_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
    endif()
  endforeach()
  if(NOT ARG_SHARDS)
    set(ARG_SHARDS 1)
  endif()
  foreach(shard RANGE 1 ${ARG_SHARDS})
    set(test ${name})
    if(ARG_SHARDS GREATER 1)
      string(APPEND test ".${shard}")
    endif()
    math(EXPR index "${shard} - 1")
    add_test(NAME ${test} COMMAND ${name} --gtest_shuffle --gtest_brief=1)
    set_tests_properties(${test} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600 COST ${ARG_SHARDS}
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
