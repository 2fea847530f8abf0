# Our warnings and settings, linked PRIVATE to our own targets only; libraries come in as SYSTEM.
option(SW_WERROR "Treat warnings as errors" OFF)
option(SW_LIBRARY_ASSERTIONS "Turn on the standard library's assertions" OFF)
set(SW_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=: address,undefined or thread or fuzzer-no-link,…")

add_library(sw_warnings INTERFACE)
target_compile_options(sw_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wcast-align
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2 -Wextra-semi -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # -Wrestrict has false alarms on std::string in g++ 12.
  target_compile_options(sw_warnings INTERFACE
    -Wuseless-cast -Wsuggest-override -Wlogical-op -Wduplicated-cond -Wno-restrict)
else()
  target_compile_options(sw_warnings INTERFACE -Wthread-safety)
endif()
if(SW_WERROR)
  target_compile_options(sw_warnings INTERFACE -Werror)
endif()

add_library(sw_settings INTERFACE)
target_compile_features(sw_settings INTERFACE cxx_std_23)
target_include_directories(sw_settings INTERFACE ${PROJECT_SOURCE_DIR})
if(SW_LIBRARY_ASSERTIONS)
  target_compile_definitions(sw_settings INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(SW_SANITIZE)
  target_compile_options(sw_settings INTERFACE -fsanitize=${SW_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all)
  target_link_options(sw_settings INTERFACE -fsanitize=${SW_SANITIZE})
endif()
