# One library target a folder, with its headers as a file set, so that the `dev` preset can check
# that every header compiles alone (target all_verify_interface_header_sets).
#
#   sw_library(sw_net HEADERS a.h SOURCES a.cc LINK sw_core LIBRARIES CURL::libcurl)
#
# LINK names our own targets (public), LIBRARIES other people's (public, their headers as SYSTEM).
function(sw_library name)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;LINK;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                                FILES ${ARG_HEADERS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} ${ARG_LIBRARIES} sw_settings)
  target_link_libraries(${name} PRIVATE sw_warnings)
endfunction()

# One test program a folder: sw_test(core_test SOURCES a_test.cc LINK sw_core [LABELS unit;slow]).
# Every GoogleTest case becomes a ctest case. Tests run in a shuffled order in CI.
# Tests of what reads foreign bytes, which tools/check also runs under the sanitizers.
add_custom_target(bytes_tests)

function(sw_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
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
  # Only the files that ask for it get the checkout's path, so that ccache serves all others to any
  # clone.
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} uses REGEX "SW_SOURCE_DIR|SW_TEST_DATA")
    if(uses)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
        SW_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SW_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
    endif()
  endforeach()
  # Discovered when tests run: a build must not fail because a busy machine was slow to list them.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
                       PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
endfunction()
