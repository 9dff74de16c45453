# cmake -DOUT=… -DDIR=… -P embed_migrations.cmake: writes the table of migrations.
set(rows "")
set(number 0)
file(GLOB FILES "${DIR}/*.sql")
list(SORT FILES)
foreach(file IN LISTS FILES)
    math(EXPR number "${number} + 1") # the least that it can have
    get_filename_component(name "${file}" NAME_WE)
    file(READ "${file}" text)
    string(REGEX MATCH "^[0-9]+" digits "${name}")
    string(REGEX REPLACE "^0+" "" digits "${digits}")
    if(digits LESS number)
        message(FATAL_ERROR "${file}: number ${digits} is taken; the next is ${number}")
    endif()
    set(number "${digits}")
    string(APPEND rows "    {${number}, \"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
file(WRITE "${OUT}" "// Made from bridge/store/migrations by embed_migrations.cmake.
#include \"bridge/store/migrations.h\"

#include <array>

namespace tocsin::bridge {
namespace {

constexpr std::array kMigrations = std::to_array<Migration>({
${rows}});

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace tocsin::bridge
")
