# Collectors that need a heavy library live in modules: shared objects that the agent loads when
# such a collector is configured (docs/adr/0006-linking.md).
#
# A module takes base and collector/api from the program that loads it, never a copy of its own: two
# copies would be two tables of interned labels. So the program links those whole and exports
# tocsin::* and nothing else (tocsin_export_symbols), and the module links none of our targets.

set(TOCSIN_MODULE_DIRECTORY "${CMAKE_BINARY_DIR}/lib/tocsin/modules" CACHE STRING
    "Where the agent looks for its modules; packages set /usr/lib/tocsin/modules")
# A property and not a variable: the programs that export stand in other folders.
set_property(GLOBAL PROPERTY TOCSIN_SHARED_WITH_MODULES
             base_core base_model base_text base_net collector_api collector_db_sql)

# build_id.h: what both sides compare before they touch each other.
file(GLOB _shared_headers CONFIGURE_DEPENDS
     "${PROJECT_SOURCE_DIR}/base/*/*.h" "${PROJECT_SOURCE_DIR}/collector/api/*.h"
     "${PROJECT_SOURCE_DIR}/collector/db/*/*.h")
set(_build_id "${CMAKE_BINARY_DIR}/gen/collector/build_id.h")
add_custom_command(
    OUTPUT "${_build_id}"
    COMMAND "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DOUT=${_build_id}"
            "-DVERSION=${PROJECT_VERSION}"
            "-DIDENTITY=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_BUILD_TYPE} ${TOCSIN_SANITIZE}"
            -P "${PROJECT_SOURCE_DIR}/cmake/BuildId.cmake"
    DEPENDS ${_shared_headers} "${PROJECT_SOURCE_DIR}/cmake/BuildId.cmake"
    COMMENT "Identifying this build to its modules" VERBATIM)
add_custom_target(tocsin_build_id_header DEPENDS "${_build_id}")
add_library(tocsin_build_id INTERFACE)
target_include_directories(tocsin_build_id INTERFACE "${CMAKE_BINARY_DIR}/gen")
add_dependencies(tocsin_build_id tocsin_build_id_header)

# tocsin_collector_module(<name> <folder> LINK library… [USES target…] [HAS target…])
# An object library <folder with _>, for its tests, and lib/tocsin/modules/<name>.so. USES: targets of
# ours whose headers it includes and whose code the program has (its kind's configuration). HAS:
# static libraries of ours that the program has not: the module takes their code, and not the code
# that they in turn link.
function(tocsin_collector_module name folder)
    cmake_parse_arguments(A "" "" "LINK;USES;HAS" ${ARGN})
    string(REPLACE "/" "_" objects "${folder}")
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
    _tocsin_include_root("${folder}" "${objects}" root)
    add_library(${objects} OBJECT ${sources})
    target_include_directories(${objects} PUBLIC "${root}")
    target_link_libraries(${objects} PUBLIC base_core base_model collector_api ${A_USES} ${A_HAS}
                          PRIVATE base_net ${A_LINK} tocsin_build_id tocsin_warnings)
    _tocsin_precompiled(${objects} tocsin_headers)
    add_library(${name}_module MODULE $<TARGET_OBJECTS:${objects}>)
    target_link_libraries(${name}_module PRIVATE ${A_LINK})
    foreach(library ${A_HAS})
        add_dependencies(${name}_module ${library})
        target_link_libraries(${name}_module PRIVATE "$<TARGET_FILE:${library}>")
        set_property(TARGET ${name}_module APPEND PROPERTY LINK_DEPENDS "$<TARGET_FILE:${library}>")
    endforeach()
    set_target_properties(${name}_module PROPERTIES
        PREFIX "" OUTPUT_NAME "${name}" LINKER_LANGUAGE CXX
        LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/tocsin/modules")
    set_property(GLOBAL APPEND PROPERTY TOCSIN_MODULES ${name}_module)
endfunction()

# tocsin_export_symbols(<executable>)
# Makes the executable one that can load modules.
function(tocsin_export_symbols target)
    set(whole "")
    get_property(shared GLOBAL PROPERTY TOCSIN_SHARED_WITH_MODULES)
    foreach(library ${shared})
        get_target_property(type ${library} TYPE)
        if(type STREQUAL "STATIC_LIBRARY")
            list(APPEND whole ${library})
        endif()
    endforeach()
    list(JOIN whole "," joined)
    target_link_libraries(${target} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${joined}>"
                          ${CMAKE_DL_LIBS})
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,${joined}")
    target_link_options(${target} PRIVATE
                        "LINKER:--dynamic-list=${PROJECT_SOURCE_DIR}/cmake/exports.list")
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS
                 "${PROJECT_SOURCE_DIR}/cmake/exports.list")
    get_property(modules GLOBAL PROPERTY TOCSIN_MODULES)
    if(modules)
        add_dependencies(${target} ${modules})
    endif()
endfunction()
