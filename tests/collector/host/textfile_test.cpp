#include "collector/host/textfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/api/desc.h"
#include "collector/api/exposition.h"
#include "tests/support/collecting.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kError = "node_textfile_scrape_error";

Settings directory(const FixtureTree& tree, std::string_view pattern = "root/tf") {
    return {{"directory", {tree.at(pattern)}}};
}
std::string mtime(const FixtureTree& tree, std::string_view path) {
    return "node_textfile_mtime_seconds{file=\"" + tree.at(path) + "\"}";
}
// The time of change as `touch -d @seconds.75` sets it.
void touch(const FixtureTree& tree, std::string_view path, std::int64_t seconds) {
    const timespec at{seconds, 750'000'000};
    const timespec times[2] = {at, at};
    REQUIRE(::utimensat(AT_FDCWD, tree.at(path).c_str(), times, 0) == 0);
}
const MetricDesc& desc_of(const Collecting& collecting, std::string_view name) {
    for (const Reading& reading : collecting.readings()) {
        if (reading.series.labels().metric_name() == name) return reading.series.desc();
    }
    FAIL("no " << name);
    return collecting.readings().front().series.desc();
}

}  // namespace

TEST_CASE("every .prom file is reported, with when it was written in whole seconds") {
    const FixtureTree tree{{"root/tf/backup.prom",
                            "# HELP tf_backup_seconds How long it took.\n"
                            "# TYPE tf_backup_seconds gauge\n"
                            "tf_backup_seconds{disk=\"a b\"} 12.5\n"},
                           {"root/tf/other.prom", "tf_other 3\n"},
                           {"root/tf/empty.prom", ""},
                           {"root/tf/other.prom.tmp", "tf_not_yet 1\n"}};
    for (const char* name : {"backup", "other", "empty"}) {
        touch(tree, "root/tf/" + std::string(name) + ".prom", 1672531200);
    }
    Collecting textfile(create_textfile, tree, directory(tree));
    REQUIRE(textfile.collect() == Values{{"tf_backup_seconds{disk=\"a b\"}", 12.5},
                                         {"tf_other", 3},
                                         {mtime(tree, "root/tf/backup.prom"), 1672531200},
                                         {mtime(tree, "root/tf/other.prom"), 1672531200},
                                         {mtime(tree, "root/tf/empty.prom"), 1672531200},
                                         {std::string(kError), 0}});
    REQUIRE(desc_of(textfile, "tf_backup_seconds").help == "How long it took.");
    REQUIRE(desc_of(textfile, "tf_backup_seconds").type == MetricType::kGauge);
    REQUIRE(desc_of(textfile, "tf_other").help ==
            "Metric read from " + tree.at("root/tf/other.prom"));
    REQUIRE(desc_of(textfile, "tf_other").type == MetricType::kUntyped);
}

TEST_CASE("a help that no file gives names all files that have the family") {
    const FixtureTree tree{{"root/tf/a.prom", "tf_shared{from=\"a\"} 1\n"},
                           {"root/tf/b.prom", "tf_shared{from=\"b\"} 2\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    REQUIRE(textfile.collect().size() == 5);
    REQUIRE(desc_of(textfile, "tf_shared").help ==
            "Metric read from " + tree.at("root/tf/a.prom") + ", " + tree.at("root/tf/b.prom"));
}

TEST_CASE("a bad file costs itself whole, and no other") {
    const FixtureTree tree{{"root/tf/good.prom", "tf_good 1\n"}};
    for (const std::string_view text :
         {"tf_half 1\ntf_half{ 2\n", "tf_cut 1", "tf_time 1 1700000000000\n"}) {
        INFO(text);
        tree.replace("root/tf/bad.prom", text);
        Collecting textfile(create_textfile, tree, directory(tree));
        const Values values = textfile.collect_any();
        REQUIRE(values.size() == 3);
        REQUIRE(values.at("tf_good") == 1);
        REQUIRE(values.at(std::string(kError)) == 1);
        REQUIRE(values.contains(mtime(tree, "root/tf/good.prom")));
        REQUIRE_THAT(textfile.error(), Catch::Contains("bad.prom: "));
    }
}

TEST_CASE("each bad file is named, as long as there are not too many") {
    const FixtureTree tree{{"root/tf/c.prom", "tf_c\n"},
                           {"root/tf/d.prom", "tf_d 1\ntf_d{ 2\n"},
                           {"root/tf/e.prom", "tf_e 1\n"},
                           {"root/tf/f.prom", "tf_e 2\ntf_e 3\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    REQUIRE(textfile.collect_any().at("tf_e") == 1);
    for (const char* part :
         {"c.prom: line 1", "; ", "d.prom: line 2", "f.prom: reported already"}) {
        REQUIRE_THAT(textfile.error(), Catch::Contains(part));
    }
    tree.write("root/tf/c.prom", "tf_c 1\n");
    textfile.collect_any();
    REQUIRE_THAT(textfile.error(), !Catch::Contains("c.prom") && Catch::Contains("d.prom"));
    for (int i = 0; i < 200; ++i) tree.write("root/tf/g" + std::to_string(i) + ".prom", "x\n");
    textfile.collect_any();
    REQUIRE(textfile.error().size() < 3000);
    REQUIRE_THAT(textfile.error(), Catch::EndsWith(" more"));
}

TEST_CASE("a help and a type that change are told from then on") {
    const FixtureTree tree{
        {"root/tf/a.prom", "# HELP tf_said One.\n# TYPE tf_said gauge\ntf_said 1\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    textfile.collect();
    const SeriesRef series = textfile.readings()[1].series;
    Exposition page(textfile.table());
    const auto says = [&](std::string_view head) {
        textfile.collect();
        REQUIRE_THAT(page.text(textfile.readings()), Catch::Contains(std::string(head)));
    };
    says("# HELP tf_said One.\n# TYPE tf_said gauge\n");
    tree.replace("root/tf/a.prom", "# HELP tf_said Two.\n# TYPE tf_said counter\ntf_said 1\n");
    says("# HELP tf_said Two.\n# TYPE tf_said counter\n");
    REQUIRE(textfile.readings()[1].series == series);
    // What another file says of it comes second.
    tree.replace("root/tf/b.prom", "# HELP tf_said Three.\ntf_said{n=\"2\"} 1\n");
    says("# HELP tf_said Two.\n");
    tree.replace("root/tf/a.prom", "# HELP tf_said One.\n# TYPE tf_said gauge\ntf_said 1\n");
    says("# HELP tf_said One.\n# TYPE tf_said gauge\n");
    for (std::size_t i = 0; i <= kMostDescsOfName; ++i) {
        tree.replace("root/tf/a.prom", "# HELP tf_said At " + std::to_string(i) + ".\ntf_said 1\n");
        textfile.collect();
    }
    says("# HELP tf_said At " + std::to_string(kMostDescsOfName - 3) + ".\n");
}

TEST_CASE("what a collector says of its series stands, whether it or the file was first") {
    static constexpr MetricDesc kLoad{"tf_load", "Its load.", MetricType::kGauge};
    for (const bool file_first : {false, true}) {
        const FixtureTree tree{
            {"root/tf/a.prom", "# HELP tf_load Mine.\n# TYPE tf_load counter\ntf_load 1\n"}};
        Collecting textfile(create_textfile, tree, directory(tree));
        if (file_first) REQUIRE(textfile.collect().at("tf_load") == 1);
        const SeriesRef load = textfile.table().get(&kLoad, {});
        for (const std::string_view help : {"Mine.", "Mine still."}) {
            tree.replace("root/tf/a.prom", "# HELP tf_load " + std::string(help) + "\ntf_load 1\n");
            const Values values = textfile.collect_any();
            CHECK(values.at("tf_load") == 1);
            CHECK(values.at(std::string(kError)) == 0);
            CHECK(&load.desc() == &kLoad);
            CHECK_THAT(
                textfile.error(),
                Catch::Contains("a.prom: another help or type than its collector's: tf_load"));
        }
        tree.replace("root/tf/a.prom",
                     "# HELP tf_load Its load.\n# TYPE tf_load gauge\ntf_load 1\n");
        textfile.collect();
        CHECK(&load.desc() == &kLoad);
    }
}

TEST_CASE("a file is told of a collector that describes its series later") {
    static constexpr MetricDesc kLater{"tf_later", "Its own.", MetricType::kGauge};
    const FixtureTree tree{{"root/tf/a.prom", "tf_later 1\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    textfile.collect();
    textfile.table().get(&kLater, {});
    textfile.collect_any();
    CHECK_THAT(textfile.error(), Catch::Contains("tf_later"));
}

TEST_CASE("files change, break, heal and go between cycles") {
    const FixtureTree tree{{"root/tf/a.prom", "tf_life{n=\"1\"} 1\ntf_life{n=\"2\"} 2\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    REQUIRE(textfile.collect().size() == 4);
    const SeriesRef kept = textfile.readings()[1].series;
    REQUIRE(textfile.collect().at("tf_life{n=\"2\"}") == 2);
    // In place, and as a new file: the same length, and perhaps within the clock's tick.
    tree.write("root/tf/a.prom", "tf_life{n=\"1\"} 1\ntf_life{n=\"2\"} 3\n");
    REQUIRE(textfile.collect().at("tf_life{n=\"2\"}") == 3);
    tree.replace("root/tf/a.prom", "tf_life{n=\"1\"} 5\n");
    Values values = textfile.collect();
    REQUIRE(values.size() == 3);
    REQUIRE(values.at("tf_life{n=\"1\"}") == 5);
    REQUIRE(textfile.readings()[1].series == kept);
    tree.write("root/tf/a.prom", "tf_life\n");
    values = textfile.collect_any();
    REQUIRE(values == Values{{std::string(kError), 1}});
    tree.write("root/tf/a.prom", "tf_life{n=\"1\"} 5\n");
    REQUIRE(textfile.collect().size() == 3);
    tree.remove("root/tf/a.prom");
    REQUIRE(textfile.collect() == Values{{std::string(kError), 0}});
    tree.write("root/tf/a.prom", "tf_life{n=\"1\"} 5\n");
    REQUIRE(textfile.collect().size() == 3);
}

TEST_CASE("files that come and go are seen also where the directory has long been as it was") {
    const FixtureTree tree{{"root/tf/a.prom", "tf_a 1\n"}};
    struct stat status {};
    REQUIRE(::stat(tree.at("root/tf").c_str(), &status) == 0);
    Timestamp now = from_unix_ms(status.st_ctim.tv_sec * 1000) + 10s;
    Collecting textfile(create_textfile, tree, directory(tree));
    REQUIRE(textfile.collect(now).contains("tf_a"));
    REQUIRE(textfile.collect(now += 1s).contains("tf_a"));
    tree.write("root/tf/b.prom", "tf_b 2\n");
    REQUIRE(textfile.collect(now += 1s).contains("tf_b"));
    tree.write("root/tf/a.prom", "tf_a 3\n");
    REQUIRE(textfile.collect(now += 1s).at("tf_a") == 3);
    REQUIRE(::unlink(tree.at("root/tf/b.prom").c_str()) == 0);
    REQUIRE_FALSE(textfile.collect(now += 1s).contains("tf_b"));
}

TEST_CASE("a file that cannot be read is an error until it can") {
    const FixtureTree tree{{"root/tf/good.prom", "tf_fine 1\n"}};
    tree.make_fifo("root/tf/pipe.prom");
    tree.make_directory("root/tf/sub.prom");
    Collecting textfile(create_textfile, tree, directory(tree));
    Values values = textfile.collect_any();
    REQUIRE(values.size() == 3);
    REQUIRE(values.at(std::string(kError)) == 1);
    REQUIRE_FALSE(textfile.error().empty());
    tree.remove("root/tf/pipe.prom");
    tree.replace("root/tf/sub.prom", "tf_sub 1\n");
    values = textfile.collect();
    REQUIRE(values.size() == 5);
    REQUIRE(values.at(std::string(kError)) == 0);
    // One goes and another that cannot be read comes, in one cycle.
    tree.remove("root/tf/sub.prom");
    tree.make_directory("root/tf/z.prom");
    values = textfile.collect_any();
    REQUIRE(values.size() == 3);
    REQUIRE_FALSE(values.contains("tf_sub"));
}

TEST_CASE("a configured directory that is missing is an error, the default one is not") {
    const FixtureTree tree;
    Collecting missing(create_textfile, tree, directory(tree));
    REQUIRE(missing.collect_any() == Values{{std::string(kError), 1}});
    REQUIRE_THAT(missing.error(), Catch::Contains("No such file"));
    tree.make_directory("root/tf");
    REQUIRE(missing.collect() == Values{{std::string(kError), 0}});
}

TEST_CASE("the directory may be a pattern of several") {
    const FixtureTree tree{{"root/d1/a.prom", "tf_in{d=\"1\"} 1\n"},
                           {"root/d2/a.prom", "tf_in{d=\"2\"} 2\n"},
                           {"root/e/a.prom", "tf_in{d=\"e\"} 3\n"}};
    Collecting textfile(create_textfile, tree, directory(tree, "root/d*"));
    const Values values = textfile.collect();
    REQUIRE(values.size() == 5);
    REQUIRE(values.at("tf_in{d=\"2\"}") == 2);
    REQUIRE(values.contains(mtime(tree, "root/d1/a.prom")));
}

TEST_CASE("of two lines with the same series the first is reported and the other told") {
    const FixtureTree tree{{"root/tf/a.prom", "tf_twice 1\ntf_twice{x=\"\"} 2\n"},
                           {"root/tf/b.prom", "tf_twice 3\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    const Values values = textfile.collect_any();
    REQUIRE(values.at("tf_twice") == 1);
    REQUIRE(values.at(std::string(kError)) == 0);
    REQUIRE_THAT(textfile.error(), Catch::Contains("reported already: tf_twice"));
    // As when somebody keeps an exporter's answer.
    tree.write("root/tf/a.prom", "node_textfile_scrape_error 7\n");
    tree.remove("root/tf/b.prom");
    REQUIRE(textfile.collect_any().at(std::string(kError)) == 0);
    REQUIRE_THAT(textfile.error(), Catch::Contains("reported already: node_textfile_scrape_error"));
}

TEST_CASE("bounds and quantiles have one spelling and parts no type") {
    const FixtureTree tree{{"root/tf/h.prom",
                            "# HELP tf_h Hist.\n"
                            "# TYPE tf_h histogram\n"
                            "tf_h_bucket{le=\"0.10\"} 1\n"
                            "tf_h_bucket{le=\"Inf\"} 2\n"
                            "tf_h_count 2\n"
                            "# TYPE tf_s summary\n"
                            "tf_s{quantile=\"5e-1\"} 3\n"
                            "# TYPE tf_g gauge\n"
                            "tf_g{le=\"0.10\"} 4\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    const Values values = textfile.collect();
    REQUIRE(values.at("tf_h_bucket{le=\"0.1\"}") == 1);
    REQUIRE(values.at("tf_h_bucket{le=\"+Inf\"}") == 2);
    REQUIRE(values.at("tf_h_count") == 2);
    REQUIRE(values.at("tf_h_sum") == 0);
    REQUIRE(values.at("tf_s{quantile=\"0.5\"}") == 3);
    REQUIRE(values.at("tf_s_count") == 0);
    REQUIRE(values.at("tf_g{le=\"0.10\"}") == 4);
    REQUIRE(desc_of(textfile, "tf_h_bucket").type == MetricType::kHistogram);
    REQUIRE(desc_of(textfile, "tf_h_bucket").family == "tf_h");
    REQUIRE(desc_of(textfile, "tf_h_count").help == "Hist.");
}

TEST_CASE("labels that the target has too are kept as exported") {
    const FixtureTree tree{{"root/tf/a.prom", "tf_job{job=\"backup\",instance=\"db\"} 1\n"}};
    Collecting textfile(create_textfile, tree, directory(tree));
    REQUIRE(
        textfile.collect().contains("tf_job{exported_instance=\"db\", exported_job=\"backup\"}"));
}

TEST_CASE("a histogram and a summary are whole, whatever their lines leave out") {
    struct Case {
        std::string_view text;
        Values values;
    };
    // What node_exporter 1.5 tells of the same file, whose client_golang knows histograms only
    // whole.
    const std::vector<Case> cases{
        // Without +Inf, and with its buckets in any order and one twice.
        {"h_bucket{le=\"2\"} 2\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"1.0\"} 1\nh_sum 3\nh_count 4\n",
         {{"h_bucket{le=\"1\"}", 1},
          {"h_bucket{le=\"2\"}", 2},
          {"h_bucket{le=\"+Inf\"}", 4},
          {"h_sum", 3},
          {"h_count", 4}}},
        {"h_bucket{le=\"+Inf\"} 2\nh_count 3\n",
         {{"h_bucket{le=\"+Inf\"}", 2}, {"h_sum", 0}, {"h_count", 3}}},
        // Counts are whole numbers, sums are not.
        {"h_bucket{le=\"+Inf\"} 2.9\nh_sum 0.5\nh_count 3.9\n",
         {{"h_bucket{le=\"+Inf\"}", 2}, {"h_sum", 0.5}, {"h_count", 3}}},
        // A line that is no part, or a bound that is no number, is of an empty one.
        {"h 7\n", {{"h_bucket{le=\"+Inf\"}", 0}, {"h_sum", 0}, {"h_count", 0}}},
        {"h_bucket{le=\"NaN\"} 7\n", {{"h_bucket{le=\"+Inf\"}", 0}, {"h_sum", 0}, {"h_count", 0}}},
        // One for each set of other labels, in whatever order those stand.
        {"h_count{a=\"1\",b=\"2\"} 3\nh_sum{b=\"2\",a=\"1\"} 4\nh_count 5\n",
         {{"h_bucket{a=\"1\", b=\"2\", le=\"+Inf\"}", 3},
          {"h_sum{a=\"1\", b=\"2\"}", 4},
          {"h_count{a=\"1\", b=\"2\"}", 3},
          {"h_bucket{le=\"+Inf\"}", 5},
          {"h_sum", 0},
          {"h_count", 5}}},
        {"# TYPE s summary\ns{quantile=\"0.5\"} 1.5\ns_count 2.5\n",
         {{"s{quantile=\"0.5\"}", 1.5}, {"s_sum", 0}, {"s_count", 2}}}};
    for (const Case& c : cases) {
        INFO(c.text);
        const FixtureTree tree{{"root/tf/h.prom", "# TYPE h histogram\n" + std::string(c.text)}};
        touch(tree, "root/tf/h.prom", 1672531200);
        Values expected = c.values;
        expected[mtime(tree, "root/tf/h.prom")] = 1672531200;
        expected[std::string(kError)] = 0;
        Collecting textfile(create_textfile, tree, directory(tree));
        REQUIRE(textfile.collect() == expected);
    }
}
