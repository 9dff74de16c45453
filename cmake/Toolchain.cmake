# The compiler's settings, the same for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON) # a collector's module takes the same objects

if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -ffunction-sections -fdata-sections")
    add_link_options(-Wl,--gc-sections)
else()
    # Assertions of the standard library outside release; line tables are enough to debug and are
    # a third of -g's size.
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
    add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

set(TOCSIN_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
if(TOCSIN_SANITIZE)
    # g++ optimises a little: its coroutines are what its legs test. Clang's leg is nearly all compiling,
    # and optimised code takes it twice as long.
    add_compile_options(-fsanitize=${TOCSIN_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-O1>)
    add_link_options(-fsanitize=${TOCSIN_SANITIZE})
    if(TOCSIN_SANITIZE MATCHES "thread")
        # The thread sanitizer knows no fences; Asio's locks order what the tests look at.
        add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    endif()
endif()

find_program(TOCSIN_CCACHE ccache)
if(TOCSIN_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER "${TOCSIN_CCACHE}")
    # What ccache wants to be told where headers are precompiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_SLOPPINESS=pch_defines,time_macros"
                                    "${TOCSIN_CCACHE}")
endif()
find_program(TOCSIN_MOLD mold)
if(TOCSIN_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_definitions(TOCSIN_VERSION="${PROJECT_VERSION}")

# Everything Tocsin compiles itself links to this and nothing else sees it.
add_library(tocsin_warnings INTERFACE)
target_compile_options(tocsin_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
    -Wold-style-cast -Werror)
if(TOCSIN_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++'s guesses about instrumented code (the last one about Asio's coroutine frames, of whose
    # allocation it inlines one half); the plain builds keep these as errors.
    target_compile_options(tocsin_warnings INTERFACE -Wno-error=maybe-uninitialized
                           -Wno-error=stringop-overflow -Wno-error=array-bounds
                           -Wno-error=mismatched-new-delete)
endif()
