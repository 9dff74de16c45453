// Overrides of rotations: kept with who, when and why, and their log.
#include <catch2/catch.hpp>

#include "backend.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::any_backend;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);

OverrideRow row(Timestamp from, Timestamp to, Override::Kind kind = Override::Kind::kCover) {
    OverrideRow out;
    out.what = {0, kind, "web", "李娜", "zhao.lei", from, to};
    out.why = "a \"wedding\"; 结婚";
    out.actor = "boss";
    out.created_at = kNow;
    return out;
}

template <class T>
T in(Store& store, const std::function<Result<T>(Tx&)>& work) {
    T out{};
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(out, work(tx));
        return success();
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

std::int64_t add(Store& store, const OverrideRow& what) {
    return in<std::int64_t>(store, [&](Tx& tx) { return tx.add_override(what); });
}

}  // namespace

TEST_CASE("an override comes back as it was made, after a restart too") {
    const auto backend = any_backend();
    OverrideRow cover = row(kNow, kNow + 1h);
    OverrideRow swap = row(kNow + 1h, kNow + 2h, Override::Kind::kSwap);
    {
        const auto store = backend->store();
        cover.what.id = add(*store, cover);
        swap.what.id = add(*store, swap);
        CHECK(cover.what.id > 0);
        CHECK(swap.what.id > cover.what.id);
    }
    const auto store = backend->store();
    const auto rows =
        in<std::vector<OverrideRow>>(*store, [](Tx& tx) { return tx.overrides(kNow); });
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].what == cover.what);
    CHECK(rows[0].why == cover.why);
    CHECK(rows[0].actor == "boss");
    CHECK(rows[0].created_at == kNow);
    CHECK_FALSE(rows[0].cancelled_at);
    CHECK(rows[1].what == swap.what);
    // Those that are over do not count any more, and are still there to be asked for.
    CHECK(in<std::vector<OverrideRow>>(*store, [](Tx& tx) {
              return tx.overrides(kNow + 1h);
          }).size() == 1);
    const auto queries = backend->queries();
    CHECK(queries->overrides(kNow - 1h, kNow + 3h).value().size() == 2);
    CHECK(queries->overrides(kNow + 1h, kNow + 3h).value().size() == 1);
    CHECK(queries->overrides(kNow - 1h, kNow).value().empty());
}

TEST_CASE("a cancelled override counts until then, and says by whom") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const std::int64_t running = add(*store, row(kNow - 1h, kNow + 1h));
    const std::int64_t ahead = add(*store, row(kNow + 1h, kNow + 2h));
    const std::int64_t over = add(*store, row(kNow - 2h, kNow - 1h));
    const auto cancel = [&](std::int64_t id) -> Result<void> {
        return store->transaction([&](Tx& tx) -> Result<void> {
            TOCSIN_TRY(tx.cancel_override(id, "li.na", "it rains", kNow));
            return success();
        });
    };
    CHECK(cancel(running));
    CHECK(cancel(ahead));
    CHECK(cancel(running).error().code == ErrorCode::kConflict);
    CHECK(cancel(over).error().code == ErrorCode::kConflict);
    CHECK(cancel(over + 1).error().code == ErrorCode::kNotFound);
    const auto queries = backend->queries();
    const auto rows = queries->overrides(kNow - 3h, kNow + 3h).value();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].cancelled_by == "li.na");
    CHECK(rows[0].cancelled_at == kNow);
    CHECK(rows[0].what.to == kNow + 1h);  // as it was made
    const auto counting = effective(rows);
    REQUIRE(counting.size() == 2);  // the one ahead never began
    CHECK(counting[0].to == kNow);
    CHECK(counting[1].id == over);
}

TEST_CASE("every change has its line in the log, and nothing takes it away") {
    const auto backend = any_backend();
    const auto store = backend->store();
    const std::int64_t id = add(*store, row(kNow, kNow + 1h, Override::Kind::kSwap));
    const auto cancelled = store->transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(tx.cancel_override(id, "li.na", "it rains", kNow + 1min));
        return success();
    });
    CHECK(cancelled);
    const auto log = backend->queries()->oncall_log(kNow, kNow + 1h).value();
    REQUIRE(log.size() == 2);
    CHECK(log[0].kind == "swap");
    CHECK(log[0].actor == "boss");
    CHECK(log[0].override_id == id);
    CHECK(log[0].text ==
          "swap: 李娜 and zhao.lei swap in web from 2026-11-18T11:06:40.000Z to "
          "2026-11-18T12:06:40.000Z: a \"wedding\"; 结婚");
    CHECK(log[1].kind == "cancel");
    CHECK(log[1].actor == "li.na");
    CHECK(log[1].at == kNow + 1min);
    CHECK(log[1].text.ends_with(": it rains"));
    CHECK(backend->queries()->oncall_log(kNow + 1min, kNow + 1h).value().size() == 1);
}
