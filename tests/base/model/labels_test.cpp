#include "base/model/labels.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

using namespace tocsin;

TEST_CASE("equal text is one symbol, and the empty text is none") {
    const Symbol a("node_cpu_seconds_total");
    const Symbol b(std::string("node_cpu_") + "seconds_total");
    REQUIRE(a == b);
    REQUIRE(a.id() == b.id());
    REQUIRE(a.view() == "node_cpu_seconds_total");
    REQUIRE(Symbol("").empty());
    REQUIRE(Symbol("") == Symbol());
    REQUIRE_FALSE(Symbol("x") == Symbol("y"));
}

TEST_CASE("a symbol leaves the table with its last reference") {
    const std::size_t before = symbol_count();
    {
        const Symbol a("only here 1");
        const Symbol b = a;
        const Labels l{{"only here 2", "only here 3"}};
        const Labels copy = l;
        REQUIRE(symbol_count() == before + 3);
    }
    REQUIRE(symbol_count() == before);
}

TEST_CASE("labels are sorted by name and know their values") {
    const Labels l{{"b", "2"}, {"a", "1"}, {"c", ""}, {"b", "3"}};
    REQUIRE(l.size() == 2);
    REQUIRE(l.all()[0].name == "a");
    REQUIRE(l.get("a") == "1");
    REQUIRE(l.get("b") == "3");
    REQUIRE(l.get("c").empty());
    REQUIRE_FALSE(l.has("c"));
    REQUIRE(l.get(Symbol("b")) == Symbol("3"));
}

TEST_CASE("label sets of the same text are equal and hash alike, however they were built") {
    const Labels a{{"a", "1"}, {"b", "2"}};
    LabelsBuilder builder;
    builder.set("x", "9").set("b", "2").set("a", "1").remove("x");
    REQUIRE(builder.build() == a);
    REQUIRE(builder.build().hash() == a.hash());
    REQUIRE_FALSE(a == Labels{{"a", "1"}, {"b", "3"}});
    REQUIRE_FALSE(a == Labels{{"a", "1"}});
    REQUIRE_FALSE(a == Labels{});
    // Name and value, and neighbours, are not mixed up.
    REQUIRE(Labels{{"a", "b"}}.hash() != Labels{{"b", "a"}}.hash());
    REQUIRE(Labels{{"ab", "c"}}.hash() != Labels{{"a", "bc"}}.hash());
    REQUIRE(LabelsBuilder().build().empty());
    REQUIRE(LabelsBuilder().build() == Labels{});
}

TEST_CASE("a builder keeps only the names it is told to keep") {
    const Labels l{{"a", "1"}, {"b", "2"}, {"c", "3"}};
    const std::array names{Symbol("c"), Symbol("a"), Symbol("z")};
    REQUIRE(LabelsBuilder(l).keep_only(names).build() == Labels{{"a", "1"}, {"c", "3"}});
    REQUIRE(LabelsBuilder(l).set("b", "").build() == Labels{{"a", "1"}, {"c", "3"}});
    REQUIRE(l.size() == 3);
}

TEST_CASE("label sets order by name, then value, then length") {
    const std::vector<Labels> sorted{{},           {{"a", "1"}},  {{"a", "1"}, {"b", "2"}},
                                     {{"a", "2"}}, {{"aa", "1"}}, {{"b", "0"}}};
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        for (std::size_t j = 0; j < sorted.size(); ++j) {
            REQUIRE((sorted[i] < sorted[j]) == (i < j));
        }
    }
}

TEST_CASE("a label set prints as Prometheus prints a series") {
    REQUIRE(Labels{}.text() == "{}");
    REQUIRE(Labels{{"__name__", "up"}}.text() == "up");
    REQUIRE(Labels{{"a", "1"}, {"b", "x\"y\\z\n"}}.text() == "{a=\"1\", b=\"x\\\"y\\\\z\\n\"}");
    REQUIRE(Labels{{"__name__", "up"}, {"job", "节点"}}.text() == "up{job=\"节点\"}");
}

TEST_CASE("a fingerprint is FNV-1a over the text, as Alertmanager's") {
    // prometheus/common's labelset fingerprints: the empty set is the offset basis.
    REQUIRE(fingerprint(Labels{}) == "cbf29ce484222325");
    // prometheus/common model/signature_test.go: {"name": "garland, briggs", "fear": "love is not
    // enough"} is 5799056148416392346 (0x507a62d79ee76c9a).
    REQUIRE(fingerprint(Labels{{"name", "garland, briggs"}, {"fear", "love is not enough"}}) ==
            "507a62d79ee76c9a");
}

TEST_CASE("names are checked by Prometheus's rules") {
    for (const char* good : {"a", "_", "A9_z", "__name__"}) REQUIRE(is_label_name(good));
    for (const char* bad : {"", "9a", "a-b", "a:b", "a b", "ä"}) REQUIRE_FALSE(is_label_name(bad));
    REQUIRE(is_metric_name("job:up:sum"));
    REQUIRE(is_metric_name(":x"));
    REQUIRE_FALSE(is_metric_name("1x"));
}

TEST_CASE("threads that intern and drop the same strings agree on each one's identity") {
    const std::size_t before = symbol_count();
    constexpr int kRounds = 20'000;
    std::array<std::vector<Symbol>, 4> kept;
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < kept.size(); ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < kRounds; ++i) {
                    // Few strings, so that the last reference goes while others come.
                    const Symbol s("contended " + std::to_string(i % 7));
                    const Labels l{{"contended", s.view()}};
                    const Labels copy = l;  // NOLINT(performance-unnecessary-copy-initialization)
                    if (copy.get("contended") != s.view()) std::terminate();
                }
                for (int i = 0; i < 50; ++i) kept[t].emplace_back("kept " + std::to_string(i));
            });
        }
    }
    for (const auto& symbols : kept) REQUIRE(symbols == kept[0]);
    REQUIRE(symbol_count() == before + 50);
}
