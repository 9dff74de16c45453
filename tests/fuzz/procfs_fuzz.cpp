// What a kernel file can say to a host collector. An input is the path of a file of
// tests/support/host_tree.h (another first line stands for any of them), a newline, and what stands
// in the file; everything else is as there.
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "base/model/series.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/host_lab.h"
#include "tests/support/host_tree.h"

using namespace tocsin;

namespace {

struct Lab {
    Lab() {
        test::write_host_tree(tree);
        for (const test::HostFile& file : test::kHostFiles) files[file.path] = &file;
    }

    const test::HostFile& chosen(std::string_view line) const {
        const auto found = files.find(line);
        if (found != files.end()) return *found->second;
        std::size_t sum = 0;
        for (const char c : line) sum += static_cast<unsigned char>(c);
        return test::kHostFiles[sum % std::size(test::kHostFiles)];
    }

    test::FixtureTree tree;
    std::map<std::string_view, const test::HostFile*> files;
};

// Whole, odd, whole again: the last must be as the first, or what the odd one left behind stays.
void collect(Lab& lab, const test::HostFile& file, std::string_view name, std::string_view odd) {
    SeriesTable series;
    const auto collector = test::make_host_collector(name, lab.tree, series).value();
    auto cycle = [&, readings = collector::Readings()]() mutable {
        readings.clear();
        (void)collector->collect(from_unix_ms(1'700'000'000'000), readings);
        return readings.size();
    };
    const std::size_t before = cycle();
    lab.tree.write(file.path, odd);
    cycle();
    lab.tree.write(file.path, file.content);
    if (cycle() != before) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Lab lab;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) return -1;
    const test::HostFile& file = lab.chosen(input.substr(0, end));
    for (const std::string_view name : test::readers_of(file.collectors)) {
        collect(lab, file, name, input.substr(end + 1));
    }
    return 0;
}
