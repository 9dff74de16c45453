# Debian 12's libraries. Each becomes one target that links privately into the few sources that
# wrap it. The agent takes static ones where Debian ships them: a host that runs nothing else of
# the kind would pay for the shared ones alone (docs/adr/0006-linking.md).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(date REQUIRED) # time zones of what people read
find_package(CLI11 REQUIRED)
find_package(Catch2 2 CONFIG REQUIRED)
find_package(sdbus-c++ CONFIG REQUIRED)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)

# A library without a CMake config of its own: static when Debian has the archive.
function(tocsin_system_library target)
    cmake_parse_arguments(A "" "HEADER" "NAMES;LINK" ${ARGN})
    find_library(${target}_LIBRARY NAMES ${A_NAMES} REQUIRED)
    find_path(${target}_INCLUDE NAMES ${A_HEADER} REQUIRED)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE "${${target}_LIBRARY}" ${A_LINK})
    target_include_directories(${target} SYSTEM INTERFACE "${${target}_INCLUDE}")
endfunction()

tocsin_system_library(dep_sqlite HEADER sqlite3.h NAMES libsqlite3.a sqlite3
                      LINK ${CMAKE_DL_LIBS} Threads::Threads m)
tocsin_system_library(dep_re2 HEADER re2/re2.h NAMES libre2.a re2 LINK Threads::Threads)
tocsin_system_library(dep_deflate HEADER libdeflate.h NAMES libdeflate.a deflate)
tocsin_system_library(dep_yaml HEADER yaml-cpp/yaml.h NAMES libyaml-cpp.a yaml-cpp)
tocsin_system_library(dep_systemd HEADER systemd/sd-journal.h NAMES systemd)
tocsin_system_library(dep_soci_core HEADER soci/soci.h NAMES libsoci_core.a soci_core
                      LINK ${CMAKE_DL_LIBS})
tocsin_system_library(dep_soci_sqlite HEADER soci/soci.h NAMES libsoci_sqlite3.a soci_sqlite3
                      LINK dep_soci_core dep_sqlite)
tocsin_system_library(dep_netsnmp HEADER net-snmp/net-snmp-config.h NAMES netsnmp)

tocsin_system_library(dep_mariadb HEADER mariadb/mysql.h NAMES mariadb) # in a module
tocsin_system_library(dep_ical HEADER libical/ical.h NAMES ical)
tocsin_system_library(dep_hiredis HEADER hiredis/hiredis.h NAMES libhiredis.a hiredis)

add_library(dep_boost INTERFACE)
target_link_libraries(dep_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(dep_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
