#include "collector/db/redis/redis.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "base/net/log.h"
#include "collector/api/report.h"
#include "collector/db/redis/client.h"
#include "collector/db/redis/config.h"
#include "collector/db/redis/info.h"
#include "collector/db/redis/replies.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kUp{"redis_up", "Information about the Redis instance", MetricType::kGauge};

// A string longer than this is no number that anyone watches.
constexpr std::size_t kLongestValue = 64;
// What a HyperLogLog begins with; its size is what PFCOUNT says.
constexpr std::string_view kHyperLogLog = "HYLL";

class Redis final : public Target {
  public:
    Redis(std::shared_ptr<const RedisConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          report_(*context.series, *config_),
          client_(*context.loop, *context.pool, *config_) {}

    void start(Timestamp now, TargetDone done) override {
        done_ = std::move(done);
        now_ = now;
        error_.reset();
        report_.begin();
        client_.start([this](const Result<void>& result) { finished(result); });
        ask_config();
        ask_info();
        ask_logs();
        for (const RedisKey& key : config_->keys) ask_key(key);
    }

    Readings cancel() override {
        done_ = nullptr;
        client_.drop();
        report_.add(kUp, 0);
        return report_.finish();
    }

  private:
    using Answer = void (*)(const RespReply&, Report&);

    void finished(const Result<void>& result) {
        const bool good = result && !error_;
        report_.add(kUp, good ? 1 : 0);
        const TargetDone done = std::exchange(done_, nullptr);
        Result<void> told = result;
        if (result && error_) told = *error_;
        if (done) done(told, report_.finish());
    }

    // Whether the answer is one. What a user may not do is said once, and again after it could.
    bool allowed(const std::string& what, const RespReply& reply, bool any_error = false) {
        if (!reply.is_error()) {
            refused_.erase(what);
            return true;
        }
        const bool told = any_error || reply.text.starts_with("NOPERM");
        if (told && refused_.insert(what).second) {
            net::log_warning("redis tells less than it could",
                             {{"target", "redis " + config_->instance},
                              {"asked", what},
                              {"error", valid_utf8(reply.text)}});
        }
        return false;
    }

    void ask(const std::vector<std::string>& words, Answer answer) {
        client_.ask(words, [this, what = words[0] + " " + words[1], answer](const RespReply& r) {
            if (allowed(what, r)) answer(r, report_);
        });
    }

    void ask_config() {
        databases_ = redis_databases({});
        client_.ask({"CONFIG", "GET", "databases"}, [this](const RespReply& reply) {
            if (allowed("CONFIG GET", reply)) databases_ = redis_databases(reply);
        });
        for (const char* name : {"io-threads", "maxclients", "maxmemory"}) {
            ask({"CONFIG", "GET", name}, report_redis_config);
        }
    }

    void ask_info() {
        client_.ask({"INFO", "all"}, [this](const RespReply& reply) {
            if (!reply.is_text()) {
                error_ = Error(ErrorCode::kUnavailable,
                               config_->peer.text() + " has no answer to INFO: " +
                                   (reply.is_error() ? valid_utf8(reply.text) : "not a text"));
                return;
            }
            const RedisNature nature = redis_nature(reply.text);
            if (nature.cluster) ask_cluster();
            if (nature.sentinel) ask_sentinel();
            report_redis_info(reply.text, nature.cluster ? 1 : databases_, now_, report_);
        });
    }

    void ask_logs() {
        ask({"LATENCY", "LATEST"}, report_redis_latest_latency);
        ask({"SLOWLOG", "LEN"}, report_redis_slowlog_length);
        ask({"SLOWLOG", "GET", "1"}, report_redis_slowlog_last);
    }

    void ask_cluster() {
        ask({"CLUSTER", "INFO"}, [](const RespReply& reply, Report& report) {
            report_redis_cluster(reply.text, report);
        });
    }

    void ask_sentinel() {
        client_.ask({"SENTINEL", "MASTERS"}, [this](const RespReply& reply) {
            if (!allowed("SENTINEL MASTERS", reply)) return;
            for (const RespReply& item : reply.items) ask_master(resp_fields(item));
        });
    }

    void ask_master(const RespFields& fields) {
        const auto name = fields.find("name");
        const auto ip = fields.find("ip");
        const auto port = fields.find("port");
        if (name == fields.end() || ip == fields.end() || port == fields.end()) return;
        const RedisMaster master{std::string(name->second),
                                 std::string(ip->second) + ":" + std::string(port->second)};
        client_.ask({"SENTINEL", "CKQUORUM", master.name}, [this, master](const RespReply& reply) {
            // NOQUORUM is an answer like any other.
            const bool no = reply.is_error() && !reply.text.starts_with("NOQUORUM");
            if (!no || allowed("SENTINEL CKQUORUM", reply)) {
                report_redis_quorum(master, reply, report_);
            }
        });
        client_.ask({"SENTINEL", "SENTINELS", master.name}, [this, master](const RespReply& reply) {
            if (allowed("SENTINEL SENTINELS", reply)) {
                report_redis_sentinels(master, reply, report_);
            }
        });
        client_.ask({"SENTINEL", "SLAVES", master.name}, [this, master](const RespReply& reply) {
            if (allowed("SENTINEL SLAVES", reply)) report_redis_slaves(master, reply, report_);
        });
    }

    void ask_of_key(const RedisKey& key, std::vector<std::string> words, RedisClient::Take take) {
        words.insert(words.begin() + 1, key.name);
        const std::string what =
            words[0] + " db" + std::to_string(key.database) + "=" + valid_utf8(key.name);
        client_.ask_in(key.database, words,
                       [this, what, take = std::move(take)](const RespReply& reply) {
                           if (allowed(what, reply, true)) take(reply);
                       });
    }

    void ask_key(const RedisKey& key) {
        ask_of_key(key, {"TYPE"}, [this, &key](const RespReply& reply) {
            if (reply.text == "none") return report_redis_key_size(key, 0, report_);
            if (reply.text == "string") return ask_string(key);
            const std::string command(redis_size_command(reply.text));
            if (!command.empty()) ask_size(key, command, {});
        });
    }

    void ask_string(const RedisKey& key) {
        const std::string last = std::to_string(kLongestValue - 1);
        ask_of_key(key, {"GETRANGE", "0", last}, [this, &key](const RespReply& reply) {
            if (reply.text.starts_with(kHyperLogLog)) return ask_size(key, "PFCOUNT", {});
            ask_size(key, "STRLEN", reply.text);
        });
    }

    // `beginning`: of a string; its value when it is all of it.
    void ask_size(const RedisKey& key, const std::string& command, std::string beginning) {
        ask_of_key(key, {command},
                   [this, &key, beginning = std::move(beginning)](const RespReply& reply) {
                       report_redis_key_size(key, static_cast<double>(reply.integer), report_);
                       const auto size = static_cast<std::size_t>(reply.integer);
                       if (size == beginning.size()) {
                           report_redis_key_value(key, beginning, report_);
                       }
                   });
    }

    std::shared_ptr<const RedisConfig> config_;
    Report report_;
    RedisClient client_;
    TargetDone done_;
    Timestamp now_;
    std::size_t databases_ = 0;
    std::optional<Error> error_;
    std::set<std::string> refused_;  // what was said to be refused
};

}  // namespace

Result<std::unique_ptr<Target>> create_redis(const std::shared_ptr<const TargetConfig>& config,
                                             const TargetContext& context) {
    return std::make_unique<Redis>(std::static_pointer_cast<const RedisConfig>(config), context);
}

}  // namespace tocsin::collector
