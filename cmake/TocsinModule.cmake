# A folder is a module, a module is a target, and a target sees only the headers of the targets it
# links: each has an include root of its own, build/<preset>/inc/<target>/, that holds one symbolic
# link to the folder. `#include "agent/outbox/outbox.h"` from a module that does not link
# agent_outbox therefore does not compile (tests/lint/boundaries tries it).

# tocsin_module(<folder> [SOURCES file…] [PUBLIC target…] [PRIVATE target…])
# Every .cpp of the folder belongs to the target; PUBLIC only what its headers include.
function(tocsin_module folder)
    cmake_parse_arguments(A "" "" "PUBLIC;PRIVATE" ${ARGN})
    string(REPLACE "/" "_" target "${folder}")
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$") # a program's own (tocsin_program)
    _tocsin_include_root("${folder}" "${target}" root)
    if(sources)
        add_library(${target} STATIC ${sources})
        target_include_directories(${target} PUBLIC "${root}")
        target_link_libraries(${target} PUBLIC ${A_PUBLIC} PRIVATE ${A_PRIVATE} tocsin_warnings)
        _tocsin_precompiled(${target} tocsin_headers)
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target} INTERFACE "${root}")
        target_link_libraries(${target} INTERFACE ${A_PUBLIC})
    endif()
endfunction()

# tocsin_program(<name> <folder> LINK target…): an executable of the folder's main.cpp.
function(tocsin_program name folder)
    cmake_parse_arguments(A "" "" "LINK" ${ARGN})
    add_executable(${name} "${PROJECT_SOURCE_DIR}/${folder}/main.cpp")
    target_link_libraries(${name} PRIVATE ${A_LINK} tocsin_warnings)
endfunction()

function(_tocsin_include_root folder target out)
    set(root "${CMAKE_BINARY_DIR}/inc/${target}")
    get_filename_component(parent "${root}/${folder}" DIRECTORY)
    file(MAKE_DIRECTORY "${parent}")
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${root}/${folder}" SYMBOLIC)
    set(${out} "${root}" PARENT_SCOPE)
endfunction()

# tocsin_test(<folder> LINK target… [LABELS label…])
# One Catch2 program from every tests/<folder>/*_test.cpp; a ctest entry for each case.
function(tocsin_test folder)
    cmake_parse_arguments(A "" "" "LINK;LABELS" ${ARGN})
    if(NOT A_LABELS)
        set(A_LABELS unit)
    endif()
    string(REPLACE "/" "_" name "${folder}")
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.cpp")
    if(NOT sources)
        return()
    endif()
    # Not part of `all`: who only installs builds no tests.
    add_executable(${name}_test EXCLUDE_FROM_ALL ${sources})
    add_dependencies(tests ${name}_test)
    target_link_libraries(${name}_test PRIVATE ${A_LINK} tests_support Catch2::Catch2WithMain
                          tocsin_warnings)
    # What a test does takes no time worth optimising, compiling it does.
    target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O0>)
    _tocsin_precompiled(${name}_test tocsin_test_headers)
    set_target_properties(${name}_test PROPERTIES
                          RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    target_compile_definitions(${name}_test PRIVATE
                               TOCSIN_FIXTURES="${PROJECT_SOURCE_DIR}/tests/fixtures"
                               TOCSIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                               TOCSIN_BINARY_DIR="${CMAKE_BINARY_DIR}")
    # An entry that finds no case fails: CTest cuts a name at a semicolon, and what is left of it runs
    # nothing.
    catch_discover_tests(${name}_test TEST_PREFIX "${folder}: " EXTRA_ARGS --warn NoTests
                         PROPERTIES LABELS "${A_LABELS}" TIMEOUT 120)
endfunction()
include(Catch)
