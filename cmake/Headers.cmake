# The headers that most sources include, parsed once a build and not once a source (a third of what
# a release build cost). In the two presets that build everything; the others, and clang-tidy, parse
# what each source itself includes, so that a source that forgets a header is found.
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR TOCSIN_FUZZ)
    set(_headers
        <algorithm> <array> <chrono> <cmath> <cstdint> <functional> <map> <memory> <optional> <set>
        <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>
        <boost/outcome/basic_result.hpp> <boost/outcome/policy/all_narrow.hpp>
        <boost/outcome/policy/terminate.hpp> <boost/outcome/success_failure.hpp>
        <boost/outcome/try.hpp>)
    # What ccache asks for.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-fpch-preprocess)
    else()
        add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
    endif()
    set(_empty "${CMAKE_BINARY_DIR}/gen/headers.cpp")
    file(WRITE "${_empty}.new" "// Nothing: what is precompiled wants a source beside it.\n")
    file(COPY_FILE "${_empty}.new" "${_empty}" ONLY_IF_DIFFERENT)

    add_library(tocsin_headers OBJECT "${_empty}")
    target_link_libraries(tocsin_headers PRIVATE tocsin_warnings)
    target_precompile_headers(tocsin_headers PRIVATE ${_headers})

    # Tests are programs and in a release compiled without optimisation, which a precompiled header
    # must share.
    add_library(tocsin_test_headers OBJECT EXCLUDE_FROM_ALL "${_empty}")
    target_link_libraries(tocsin_test_headers PRIVATE tocsin_warnings Catch2::Catch2)
    set_target_properties(tocsin_test_headers PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(tocsin_test_headers PRIVATE $<$<CONFIG:Release>:-O0> -fPIE)
    target_precompile_headers(tocsin_test_headers PRIVATE ${_headers} <catch2/catch.hpp>)
endif()

# _tocsin_precompiled(<target> <headers>): `headers` is one of the libraries above.
function(_tocsin_precompiled target headers)
    if(TARGET ${headers})
        target_precompile_headers(${target} REUSE_FROM ${headers})
    endif()
endfunction()
