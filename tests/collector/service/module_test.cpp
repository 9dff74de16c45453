// Modules as the agent loads them: shared objects that use this program's base and collector/api.
#include <dlfcn.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/model/labels.h"
#include "collector/module_loader.h"
#include "collector/register.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/module_probe.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;

namespace {

std::string modules() {
    return TOCSIN_BINARY_DIR "/lib/tocsin/modules";
}
std::string test_modules() {
    return TOCSIN_BINARY_DIR "/tests/modules";
}

const test::ModuleProbe& probe() {
    void* handle = ::dlopen((test_modules() + "/probe.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    INFO((handle == nullptr ? ::dlerror() : ""));
    REQUIRE(handle != nullptr);
    const auto entry =
        reinterpret_cast<const test::ModuleProbe* (*)()>(::dlsym(handle, "tocsin_module_probe"));
    REQUIRE(entry != nullptr);
    return *entry();
}

}  // namespace

TEST_CASE("every module of the registry loads and has its rows' collectors") {
    std::set<std::string_view> names;
    for (const Registration& row : registrations()) {
        if (!row.module.empty()) names.insert(row.module);
    }
    REQUIRE_FALSE(names.empty());
    for (const std::string_view name : names) {
        const auto module = load_module(name, modules());
        INFO((module ? "" : module.error().message));
        REQUIRE(module);
        for (const Registration& row : registrations()) {
            if (row.module != name) continue;
            bool found = false;
            for (std::size_t i = 0; i < module.value()->count; ++i) {
                found = found || module.value()->collectors[i].name == row.name;
            }
            REQUIRE(found);
        }
    }
}

TEST_CASE("every module of a kind of targets loads and makes them") {
    for (const TargetKind& kind : target_kinds()) {
        if (kind.module.empty()) continue;
        INFO(kind.name);
        const auto module = load_module(kind.module, modules());
        INFO((module ? "" : module.error().message));
        REQUIRE(module);
        const ModuleTarget* end = module.value()->targets + module.value()->target_count;
        REQUIRE(std::any_of(module.value()->targets, end,
                            [&](const ModuleTarget& target) { return target.name == kind.name; }));
    }
}

TEST_CASE("a module's collector is made through the registry, defaults included") {
    SeriesTable series;
    const Registration* row = find_registration("systemd");
    const auto made = create_collector(*row, {{}, {}, &series});
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    const Settings wrong{{"unit_include", {"("}}};
    const auto refused = create_collector(*row, {{}, wrong, &series});
    REQUIRE_THAT(refused.error().message, Catch::StartsWith("unit_include: "));
}

TEST_CASE("a module interns into this program's table") {
    const Symbol here("a text that both sides intern");
    REQUIRE(probe().intern("a text that both sides intern") == here.id());
    const Labels labels{{"a", "1"}, {"b", "2"}};
    REQUIRE(probe().labels_equal(labels));
}

TEST_CASE("an exception that a module throws is caught here by its type, and the other way") {
    try {
        probe().throw_ours("from the module");
        FAIL("nothing was thrown");
    } catch (const test::ModuleException& e) {
        REQUIRE(e.text() == "from the module");
    }
    REQUIRE(probe().catches_ours([] { throw test::ModuleException("from the program"); }));
    REQUIRE_THROWS_AS(probe().throw_standard(), std::runtime_error);
}

TEST_CASE("an object's type is the same on both sides") {
    const auto made = std::unique_ptr<collector::Collector>(probe().make_collector());
    REQUIRE(dynamic_cast<test::ModuleCollectorType*>(made.get()) != nullptr);
}

TEST_CASE("a module that is not installed is named with its package") {
    const FixtureTree tree;
    const auto missing = load_module("snmp", tree.root());
    REQUIRE(missing.error().code == ErrorCode::kUnavailable);
    REQUIRE_THAT(missing.error().message, Catch::Contains(tree.at("snmp.so")));
    REQUIRE_THAT(missing.error().message, Catch::Contains("tocsin-agent-snmp"));
}

TEST_CASE("a file that is no module is refused, whatever it is") {
    const FixtureTree tree{{"text.so", "not a shared object"}};
    const auto text = load_module("text", tree.root());
    REQUIRE(text.error().code == ErrorCode::kUnavailable);
    REQUIRE_THAT(text.error().message, Catch::Contains("does not load"));
    // probe.so is a shared object without the entry.
    const auto foreign = load_module("probe", test_modules());
    REQUIRE(foreign.error().code == ErrorCode::kInvalid);
    REQUIRE_THAT(foreign.error().message, Catch::Contains("not a module"));
}

TEST_CASE("a module of another build is refused with both builds named") {
    const auto other = load_module("other_build", test_modules());
    REQUIRE(other.error().code == ErrorCode::kInvalid);
    REQUIRE_THAT(other.error().message, Catch::Contains("another build (0.0.1-another"));
}

TEST_CASE("each side has its own build id, or they would always be equal") {
    REQUIRE(::dlsym(RTLD_DEFAULT, "_ZN6tocsin9collector8kBuildIdE") == nullptr);
    void* handle = ::dlopen((modules() + "/systemd.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    REQUIRE(handle != nullptr);
    REQUIRE(::dlsym(handle, "_ZN6tocsin9collector8kBuildIdE") == nullptr);
}
