// A shared object that is linked as collectors' modules are, to look at what it shares with the
// program that loads it.
#include "tests/support/module_probe.h"

#include <memory>
#include <stdexcept>

namespace tocsin::test {
namespace {

const void* intern(std::string_view text) {
    return Symbol(text).id();
}
bool labels_equal(const Labels& ours) {
    return ours == Labels{{"b", "2"}, {"a", "1"}};
}
void throw_ours(const char* text) {
    throw ModuleException(text);
}
void throw_standard() {
    throw std::runtime_error("from the module");
}
bool catches_ours(const std::function<void()>& thrower) {
    try {
        thrower();
    } catch (const ModuleException& e) {
        return e.text() == "from the program";
    } catch (...) {
        return false;
    }
    return false;
}
collector::Collector* make_collector() {
    return std::make_unique<ModuleCollectorType>().release();
}

constexpr ModuleProbe kProbe{intern,         labels_equal, throw_ours,
                             throw_standard, catches_ours, make_collector};

}  // namespace
}  // namespace tocsin::test

extern "C" const tocsin::test::ModuleProbe* tocsin_module_probe() {
    return &tocsin::test::kProbe;
}
