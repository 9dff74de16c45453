// The backends that the store's contract suite runs on; each case runs once on every one.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "bridge/store/queries.h"
#include "bridge/store/store.h"
#include "tests/support/fixture_tree.h"

namespace tocsin::bridge::test {

// A database of its own, gone with the object.
class Backend {
  public:
    virtual ~Backend() = default;
    virtual std::string url() const = 0;

    std::unique_ptr<Store> store() const {
        auto opened = Store::open(url());
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(opened).value();
    }
    std::unique_ptr<Queries> queries() const {
        auto opened = Queries::open(url());
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(opened).value();
    }
};

class SqliteBackend final : public Backend {
  public:
    std::string url() const override { return "sqlite:" + file(); }
    std::string file() const { return tree_.at("bridge.db"); }

  private:
    tocsin::test::FixtureTree tree_;
};

struct BackendKind {
    const char* name;
    std::unique_ptr<Backend> (*create)();
};

inline const std::vector<BackendKind>& backends() {
    static const std::vector<BackendKind> kAll = {
        {"sqlite", []() -> std::unique_ptr<Backend> { return std::make_unique<SqliteBackend>(); }},
    };
    return kAll;
}

// The case that calls it runs once for each.
inline std::unique_ptr<Backend> any_backend() {
    const auto& all = backends();
    const std::size_t i = GENERATE_COPY(range(std::size_t{0}, all.size()));
    CAPTURE(all[i].name);
    return all[i].create();
}

}  // namespace tocsin::bridge::test
