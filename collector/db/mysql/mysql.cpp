#include "collector/db/mysql/mysql.h"

#include <mariadb/mysql.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/net/log.h"
#include "collector/api/pooled.h"
#include "collector/api/report.h"
#include "collector/db/mysql/plan.h"
#include "collector/db/sql/check_turns.h"
#include "collector/db/sql/query_breaker.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kUp{"mysql_up", "Whether the MySQL server is up.", MetricType::kGauge};
constexpr MetricDesc kQuerySuccess{"tocsin_mysql_query_success",
                                   "Whether the query's last run gave all that it should.",
                                   MetricType::kGauge};
constexpr std::string_view kGrants = "; packaging/grants/mysql.sql has what the user needs";

// A check that has a pace of its own is told again as it was until its next run.
struct CheckState {
    std::optional<Timestamp> last;
    Readings readings;
    std::optional<Error> error;
};

class Mysql final : public Collector {
  public:
    Mysql(std::shared_ptr<const MysqlConfig> config, SeriesTable& series,
          std::unique_ptr<MysqlSession> session)
        : config_(std::move(config)),
          report_(series, *config_),
          series_(series, *config_),
          session_(std::move(session)),
          checks_(config_->checks.size()),
          turns_(config_->checks.size()) {}

    Result<void> collect(Timestamp now, Readings& out) override {
        started_ = std::chrono::steady_clock::now();
        report_.begin();
        Result<void> result = ask_all(now);
        report_.add(kUp, session_->is_open() ? 1 : 0);
        for (Reading& reading : report_.finish())
            unique_.add(std::move(reading.series), reading.value);
        out = unique_.take();
        return result;
    }

  private:
    Result<void> ask_all(Timestamp now) {
        session_->ping();  // the server may have been started anew since
        if (!session_->is_open()) {
            TOCSIN_TRY(open());
        }
        Result<void> result = success();
        for (const MysqlQuestion& question : mysql_questions()) {
            if (!question.wanted(server_)) continue;
            const Result<void> read = ask(question, breakers_[question.name], now);
            TOCSIN_TRY(tell(question.name, kQuerySuccess, "query", read, result));
        }
        const std::vector<std::size_t> order(turns_.order().begin(), turns_.order().end());
        for (const std::size_t i : order) {
            const Result<void> read = run_check(i, now);
            TOCSIN_TRY(tell(config_->checks[i].name, kSqlCheckSuccess, "check", read, result));
        }
        return result;
    }

    Result<void> ask(const MysqlQuestion& question, QueryBreaker& breaker, Timestamp now) {
        if (const Error* held = breaker.holds(now)) return *held;
        const auto answer = session_->query(question.sql(server_));
        if (!answer) {
            breaker.note(as_noted(answer.error()), now);
            return answer.error();
        }
        breaker.note(success(), now);
        return question.report(answer.value(), server_, report_);
    }

    // A statement that the server does not break off itself (MySQL: all but SELECT) ends with the
    // connection, long after the deadline has: it is too slow like others.
    Error as_noted(const Error& error) const {
        const bool overdue = std::chrono::steady_clock::now() - started_ >= config_->timeout;
        return overdue ? Error(ErrorCode::kTimeout, error.message) : error;
    }

    Result<void> open() {
        TOCSIN_TRY(session_->open());
        server_ = {config_.get(), parse_mysql_version(session_->version()), {}};
        for (const std::string& sql : mysql_session_setup(server_)) {
            const auto done = session_->query(sql);
            if (done) continue;
            session_->close();
            return done.error().in(sql);
        }
        return success();
    }

    // What a statement came to is told as a metric, and what went wrong in the log until it
    // changes. The error is what ends the collection: the connection is gone. A statement that took
    // too long makes the collection fail in the end, a missing privilege or a check does not.
    Result<void> tell(std::string_view name, const MetricDesc& desc, std::string_view label,
                      const Result<void>& read, Result<void>& result) {
        report_.add(desc, read ? 1 : 0, {{label, name}});
        const auto told = told_.find(name);
        if (read) {
            if (told == told_.end()) return success();
            net::log_info("query answers again", {{"target", who()}, {"query", told->first}});
            told_.erase(told);
            return success();
        }
        const Error& error = read.error();
        if (told == told_.end() || told->second != error.message) {
            told_.insert_or_assign(std::string(name), error.message);
            const std::string hint(error.code == ErrorCode::kUnauthorized ? kGrants : "");
            net::log_warning(
                "query fails",
                {{"target", who()}, {"query", std::string(name)}, {"error", error.message + hint}});
        }
        if (!session_->is_open()) return error.in(name);
        const bool server_is_slow = error.code == ErrorCode::kTimeout && label == "query";
        if (server_is_slow && result) result = error.in(name);
        return success();
    }

    // What it gave then: without it alerts would take what was not asked for gone.
    void tell_last(const CheckState& state) {
        for (const Reading& old : state.readings) unique_.add(old.series, old.value);
    }

    Result<void> run_check(std::size_t index, Timestamp now) {
        const SqlCheck& check = config_->checks[index];
        CheckState& state = checks_[index];
        if (state.last && now - *state.last < check.every) {
            tell_last(state);
        } else if (std::chrono::steady_clock::now() - started_ >
                   time_for_checks(config_->timeout, mysql_statement_limit(*config_))) {
            tell_last(state);
            return Error(ErrorCode::kTimeout, "was not asked: what came before took too long");
        } else {
            turns_.had(index);
            state = {now, {}, std::nullopt};
            const auto before = static_cast<std::ptrdiff_t>(unique_.all().size());
            if (auto read = ask_check(check); !read) state.error = std::move(read).error();
            state.readings.assign(unique_.all().begin() + before, unique_.all().end());
        }
        if (state.error) return *state.error;
        return success();
    }

    // In a transaction of its own that only reads, and that is undone whatever it did.
    Result<void> ask_check(const SqlCheck& check) {
        for (const std::string& sql : mysql_before_check(check)) {
            TOCSIN_TRY(session_->query(sql));
        }
        const auto answer = session_->query(check.statement.text);
        if (session_->is_open()) {
            for (const std::string& sql : mysql_after_check(server_)) {
                TOCSIN_TRY(session_->query(sql));
            }
        }
        if (!answer) return answer.error();
        return read_check(check, answer.value(), series_, unique_);
    }

    std::string who() const { return "mysql " + config_->instance; }

    std::shared_ptr<const MysqlConfig> config_;
    Report report_;
    TargetSeries series_;
    UniqueReadings unique_;
    std::unique_ptr<MysqlSession> session_;
    MysqlServer server_;
    std::chrono::steady_clock::time_point started_;
    std::vector<CheckState> checks_;
    CheckTurns turns_;
    std::map<std::string_view, QueryBreaker> breakers_;     // by question
    std::map<std::string, std::string, std::less<>> told_;  // by query or check, why it fails
};

// The collector in the pool, and mysql_up 0 where the pool has nothing to say.
class MysqlTarget final : public Target {
  public:
    MysqlTarget(std::unique_ptr<Target> pooled, SeriesRef up)
        : pooled_(std::move(pooled)), up_(std::move(up)) {}

    void start(Timestamp now, TargetDone done) override {
        pooled_->start(
            now, [this, done = std::move(done)](const Result<void>& result, Readings readings) {
                const auto told = std::find_if(readings.begin(), readings.end(),
                                               [&](const Reading& r) { return r.series == up_; });
                reached_ = told != readings.end() && told->value == 1;
                if (told == readings.end()) readings.push_back({up_, 0});
                done(result, std::move(readings));
            });
    }
    Readings cancel() override {
        reached_ = false;
        Readings readings = pooled_->cancel();
        readings.push_back({up_, 0});
        return readings;
    }

    bool was_reached() const override { return reached_; }

  private:
    std::unique_ptr<Target> pooled_;
    SeriesRef up_;
    bool reached_ = false;
};

}  // namespace

std::unique_ptr<Collector> make_mysql_collector(std::shared_ptr<const MysqlConfig> config,
                                                SeriesTable& series,
                                                std::unique_ptr<MysqlSession> session) {
    return std::make_unique<Mysql>(std::move(config), series, std::move(session));
}

Result<std::unique_ptr<Target>> create_mysql(const std::shared_ptr<const TargetConfig>& config,
                                             const TargetContext& context) {
    // Here, on the loop's thread, because the library's own first call is not safe in several.
    mysql_library_init(0, nullptr, nullptr);
    auto server = std::static_pointer_cast<const MysqlConfig>(config);
    SeriesRef up = TargetSeries(*context.series, *server).get(&kUp);
    auto collector = make_mysql_collector(server, *context.series, make_mysql_session(server));
    return std::make_unique<MysqlTarget>(
        make_pooled(*context.loop, *context.pool, std::move(collector)), std::move(up));
}

}  // namespace tocsin::collector
