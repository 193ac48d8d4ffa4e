# apdr_library(NAME core DEPS base absl::status ... SOURCES ...)
#   A static library apdr_<name> with the alias apdr::<name>. A DEPS entry without "::" is a module of ours. Configuration
#   stops when an edge is not in tests/arch/layers.txt, so the layering cannot drift.
# apdr_test(NAME decide_test LABEL unit DEPS core SOURCES decide_test.cc)
#   A GoogleTest executable, registered with CTest under LABEL.

find_program(APDR_CCACHE ccache)
if(APDR_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${APDR_CCACHE})
endif()
find_program(APDR_MOLD mold)
if(APDR_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(APDR_SANITIZE)
  add_compile_options(-fsanitize=${APDR_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${APDR_SANITIZE})
endif()

add_library(apdr_warnings INTERFACE)
target_compile_options(apdr_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety> $<$<BOOL:${APDR_WERROR}>:-Werror>
  # gcc 12 sees overlapping copies inside std::string when it optimises (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(APDR_SANITIZE)
  # And under a sanitizer reads of empty optionals.
  target_compile_options(apdr_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

file(STRINGS ${CMAKE_SOURCE_DIR}/tests/arch/layers.txt APDR_LAYERS REGEX "^[a-z]")
set_property(GLOBAL PROPERTY APDR_REGISTERED_SOURCES "")

function(apdr_register_sources)
  foreach(source IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY APDR_REGISTERED_SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  endforeach()
endfunction()

function(apdr_link target name)
  set(allowed "")
  foreach(line IN LISTS APDR_LAYERS)
    if(line MATCHES "^${name}:(.*)$")
      string(REGEX MATCHALL "[^ ]+" allowed "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  foreach(dep IN LISTS ARGN)
    if(dep MATCHES "::")
      target_link_libraries(${target} PUBLIC ${dep})
      continue()
    endif()
    if(NOT dep IN_LIST allowed AND NOT "*" IN_LIST allowed)
      message(FATAL_ERROR "apdr::${name} may not depend on apdr::${dep}; see tests/arch/layers.txt")
    endif()
    target_link_libraries(${target} PUBLIC apdr_${dep})
  endforeach()
endfunction()

function(apdr_library)
  cmake_parse_arguments(ARG "" "NAME" "DEPS;SOURCES" ${ARGN})
  add_library(apdr_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(apdr::${ARG_NAME} ALIAS apdr_${ARG_NAME})
  target_include_directories(apdr_${ARG_NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(apdr_${ARG_NAME} PRIVATE apdr_warnings)
  apdr_link(apdr_${ARG_NAME} ${ARG_NAME} ${ARG_DEPS})
  apdr_register_sources(${ARG_SOURCES})
endfunction()

function(apdr_executable)
  cmake_parse_arguments(ARG "" "NAME" "DEPS;SOURCES" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_include_directories(${ARG_NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${ARG_NAME} PRIVATE apdr_warnings)
  foreach(dep IN LISTS ARG_DEPS)
    if(NOT dep MATCHES "::")
      set(dep apdr_${dep})
    endif()
    target_link_libraries(${ARG_NAME} PRIVATE ${dep})
  endforeach()
  apdr_register_sources(${ARG_SOURCES})
endfunction()

function(apdr_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT" "DEPS;SOURCES" ${ARGN})
  apdr_executable(NAME ${ARG_NAME} DEPS ${ARG_DEPS} GTest::gmock GTest::gtest_main SOURCES ${ARG_SOURCES})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# apdr_embed(sen_support HEADER engine/.../policy_texts.h FUNCTION apdr::sen::PolicyTexts FILES policies/x.toml ...)
#   Adds to the library a source that defines the function, which gives the files as EmbeddedText.
function(apdr_embed name)
  cmake_parse_arguments(ARG "" "HEADER;FUNCTION" "FILES" ${ARGN})
  set(rows "")
  foreach(file IN LISTS ARG_FILES)
    file(READ ${file} text)
    get_filename_component(file_name ${file} NAME)
    string(APPEND rows "    apdr::EmbeddedText{\"${file_name}\", R\"apdr(${text})apdr\"},\n")
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_FILES})
  get_filename_component(stem ${ARG_HEADER} NAME_WE)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${stem}.cc @ONLY CONTENT [[
#include "@ARG_HEADER@"

#include <array>

namespace {

constexpr auto kTexts = std::to_array<apdr::EmbeddedText>({
@rows@});

}  // namespace

std::span<const apdr::EmbeddedText> @ARG_FUNCTION@() { return kTexts; }
]])
  target_sources(apdr_${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${stem}.cc)
endfunction()

# Stops configuration when a source file or a scenario exists that no target names: nothing can be lost silently.
function(apdr_check_everything_is_registered)
  get_property(registered GLOBAL PROPERTY APDR_REGISTERED_SOURCES)
  file(GLOB_RECURSE present CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/engine/*.cc ${CMAKE_SOURCE_DIR}/eventstore/*.cc
    ${CMAKE_SOURCE_DIR}/services/*.cc ${CMAKE_SOURCE_DIR}/tests/*.cc)
  foreach(source IN LISTS present)
    if(NOT source IN_LIST registered)
      message(FATAL_ERROR "${source} belongs to no target: add it to the CMakeLists.txt beside it")
    endif()
  endforeach()
endfunction()
