#include "base/core/standard_output.h"

#include <ostream>

namespace tocsin {

int written(std::ostream& out, std::ostream& err, std::string_view program, int status) {
    constexpr int kUnreachable = 3;
    out.flush();
    if (out) return status;
    err << program << ": the output could not be written\n";
    return kUnreachable;
}

}  // namespace tocsin
