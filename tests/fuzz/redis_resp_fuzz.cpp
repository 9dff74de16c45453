// Replies of a server that may be anything: the same however the bytes are cut, and every reader of
// replies takes them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collector/db/redis/replies.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

void write(const RespReply& reply, std::string& out) {
    out += static_cast<char>('a' + static_cast<int>(reply.kind));
    out += reply.text + '\n' + std::to_string(reply.integer) + '\n';
    for (const RespReply& item : reply.items) write(item, out);
}

// Everything that was read, and how it ended.
std::string read(std::string_view bytes, std::size_t step, Report* report) {
    RespReader reader;
    std::string out;
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, step);
        bytes.remove_prefix(part.size());
        if (!reader.feed(part)) return out + "!";
        for (;;) {
            const auto next = reader.next();
            if (!next) return out + "!";
            if (!next.value()) break;
            write(*next.value(), out);
            if (report == nullptr) continue;
            const RespReply& reply = *next.value();
            report_redis_config(reply, *report);
            report_redis_latest_latency(reply, *report);
            report_redis_slowlog_length(reply, *report);
            report_redis_slowlog_last(reply, *report);
            const RedisMaster master{"m", "1.2.3.4:5"};
            report_redis_quorum(master, reply, *report);
            report_redis_sentinels(master, reply, *report);
            report_redis_slaves(master, reply, *report);
            report_redis_key_value({0, "k"}, reply.text, *report);
            if (redis_databases(reply) > 1000) std::abort();
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static SeriesTable table;
    TargetConfig config;
    Report report(table, config);
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    report.begin();
    const std::string whole = read(bytes, std::max<std::size_t>(size, 1), &report);
    report.finish();
    if (read(bytes, 1, nullptr) != whole) std::abort();
    return 0;
}
