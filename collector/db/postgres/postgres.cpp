#include "collector/db/postgres/postgres.h"

#include <chrono>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "base/net/log.h"
#include "collector/db/postgres/link.h"
#include "collector/db/postgres/plan.h"
#include "collector/db/sql/check_turns.h"
#include "collector/db/sql/query_breaker.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kUp{"pg_up",
                         "Whether the last scrape of metrics from PostgreSQL was able to connect "
                         "to the server (1 for yes, 0 for no).",
                         MetricType::kGauge};
constexpr MetricDesc kQuerySuccess{
    "tocsin_pg_query_success",
    "Whether a query gave all that it should; what it misses, and why, is in the log.",
    MetricType::kGauge};

constexpr std::string_view kGrants = "; packaging/grants/postgres.sql grants what is needed";

struct CheckState {
    std::optional<Timestamp> last;  // when it was run
    Readings readings;              // what it gave then
    double success = 0;
};

class Postgres final : public Target {
  public:
    Postgres(std::shared_ptr<const PostgresConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          loop_(*context.loop),
          series_{config_->server, TargetSeries(*context.series, *config_)},
          up_(series_.series.get(&kUp)),
          plan_(make_plan(*config_)),
          checks_(config_->checks.size()),
          turns_(config_->checks.size()),
          breakers_(plan_.steps.size()) {
        for (const std::string& database : plan_.databases) {
            links_.push_back(std::make_unique<PgLink>(config_, database, context));
        }
    }

    void start(Timestamp now, TargetDone done) override {
        now_ = now;
        started_ = std::chrono::steady_clock::now();
        done_ = std::move(done);
        step_ = 0;
        put_in_order();
        timed_out_.reset();
        unreachable_.assign(links_.size(), std::nullopt);
        soon_ = loop_.after(Duration{0}, [this] { go_on(); });
    }

    Readings cancel() override {
        done_ = nullptr;
        soon_.cancel();
        const bool connected = links_[0]->is_ready() || step_ > 0;
        if (connected) cut_off();
        // Whatever it waits for, a new connection owes nobody an answer.
        if (step_ < plan_.steps.size()) links_[step().link]->close();
        reached_ = false;
        return taken(connected ? 1 : 0);
    }

    bool was_reached() const override { return reached_; }

  private:
    // The checks, which are the last of the steps, as their turn is.
    void put_in_order() {
        order_.resize(plan_.steps.size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        const std::size_t first = order_.size() - checks_.size();
        std::size_t at = first;
        for (const std::size_t check : turns_.order()) order_[at++] = first + check;
    }

    const PgStep& step() const { return plan_.steps[order_[step_]]; }
    QueryBreaker& breaker() { return breakers_[order_[step_]]; }

    void go_on() {
        for (; step_ < plan_.steps.size(); ++step_) {
            if (unreachable_[step().link]) {
                failed(step(), *unreachable_[step().link]);
                continue;
            }
            PgLink& link = *links_[step().link];
            if (!link.is_ready()) {
                return link.open([this](const Result<void>& result) { opened(result); });
            }
            if (!is_wanted(step(), link)) continue;
            return ask(step(), link);
        }
        if (timed_out_) return finish(*timed_out_);
        finish(success());
    }

    void opened(const Result<void>& result) {
        if (!result) return lost(step(), result.error());
        go_on();
    }

    // The server's own connection is what a collection stands on; another database is its part.
    void lost(const PgStep& step, const Error& error) {
        if (step.link == 0) return finish(error);
        unreachable_[step.link] = error;
        go_on();
    }

    // What is not asked this time is told as it was the last time.
    bool is_wanted(const PgStep& step, PgLink& link) {
        if (step.kind == StepKind::kCheck) return is_due(step);
        if (step.family != nullptr && !step.family->is_for(link.connection().major_version())) {
            return false;
        }
        const Error* held = breaker().holds(now_);
        if (held == nullptr) return true;
        failed(step, *held);
        return false;
    }

    // Whether it is not due yet: then it is told as it was.
    bool told_again(const PgStep& step) {
        const CheckState& state = checks_[step.check];
        if (!state.last || now_ - *state.last >= config_->checks[step.check].every) return false;
        tell_last(step);
        report(step, state.success);
        return true;
    }

    // What it gave then: without it alerts would take what was not asked for gone.
    void tell_last(const PgStep& step) {
        for (const Reading& old : checks_[step.check].readings) {
            readings_.add(old.series, old.value);
        }
    }

    bool is_due(const PgStep& step) {
        if (told_again(step)) return false;
        if (is_early_enough()) return true;
        tell_last(step);
        failed(step, Error(ErrorCode::kTimeout, "was not asked: what came before took too long"));
        return false;
    }

    bool is_early_enough() const {
        return std::chrono::steady_clock::now() - started_ <=
               time_for_checks(config_->timeout, pg_statement_limit(*config_));
    }

    // The deadline has passed while a step ran: it is told as one that is too slow, and those that
    // it kept from being asked as not answered.
    void cut_off() {
        if (step_ == plan_.steps.size()) return;
        const Error error(ErrorCode::kTimeout,
                          "was broken off: the collection's time was over while it ran");
        // A connection that was slow to come has asked nothing yet.
        const bool asked = links_[step().link]->is_ready();
        if (asked) breaker().note(error, now_);
        if (step().kind == StepKind::kCheck) {
            CheckState& state = checks_[step().check];
            const bool answered = state.last == now_;  // and is only late in being undone
            if (answered) return;
            turns_.had(step().check);
            if (asked) {
                state = {now_, {}, 0};
            } else {
                tell_last(step());
            }
        }
        failed(step(), error);
        const int version = links_[0]->connection().major_version();
        for (std::size_t i = step_ + 1; i < order_.size(); ++i) {
            const PgStep& left = plan_.steps[order_[i]];
            if (left.family != nullptr && !left.family->is_for(version)) continue;
            if (left.kind == StepKind::kCheck) {
                if (told_again(left)) continue;
                tell_last(left);
            }
            report(left, 0);
        }
    }

    void ask(const PgStep& step, PgLink& link) {
        PgConnection& connection = link.connection();
        switch (step.kind) {
            case StepKind::kFamily:
                connection.ask(std::string(step.family->sql),
                               [this](Result<PgAnswer> answer) { answered(std::move(answer)); });
                return;
            case StepKind::kSettings:
                connection.ask(std::string(settings_sql()),
                               [this](Result<PgAnswer> answer) { answered(std::move(answer)); });
                return;
            case StepKind::kCheck:
                turns_.had(step.check);
                // Read-only whatever an earlier statement did to the session; and what this one
                // sets is undone by the end of it.
                connection.run("BEGIN READ ONLY", [this](const Result<PgAnswer>& began) {
                    if (began) return ask_check();
                    answered(began.error());
                });
                return;
        }
    }

    void ask_check() {
        const SqlCheck& check = config_->checks[step().check];
        links_[step().link]->connection().ask(
            limited(check.statement, check.columns(), kMostCheckRows + 1),
            [this](Result<PgAnswer> answer) { answered(std::move(answer)); });
    }

    void answered(Result<PgAnswer> answer) {
        PgConnection& connection = links_[step().link]->connection();
        if (!answer && !connection.is_open()) {
            if (step().kind == StepKind::kCheck) failed(step(), answer.error());
            return lost(step(), answer.error());
        }
        const Result<void> read = read_answer(step(), answer);
        Result<void> asked = success();
        if (!answer) asked = answer.error();
        breaker().note(asked, now_);
        if (read) {
            succeeded(step());
        } else {
            failed(step(), read.error());
        }
        if (!connection.in_transaction()) return next();
        // And what a function of somebody's own may have locked for the session.
        connection.run("ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()",
                       [this](const Result<PgAnswer>& ended) {
                           if (ended) return next();
                           links_[step().link]->close();
                           lost(step(), ended.error());
                       });
    }

    void next() {
        ++step_;
        go_on();
    }

    Result<void> read_answer(const PgStep& step, const Result<PgAnswer>& answer) {
        if (step.kind == StepKind::kCheck) checks_[step.check] = {now_, {}, 0};
        if (!answer) return answer.error();
        const PgAnswer& rows = answer.value();
        switch (step.kind) {
            case StepKind::kFamily:
                return read_rows(step, rows);
            case StepKind::kSettings:
                return read_settings(rows, series_, readings_);
            case StepKind::kCheck:
                return read_check_rows(step, rows);
        }
        return success();
    }

    Result<void> read_rows(const PgStep& step, const PgAnswer& rows) {
        TOCSIN_TRY(read_family(*step.family, rows, series_, readings_));
        return check_privileges(step, rows);
    }

    Result<void> read_check_rows(const PgStep& step, const PgAnswer& rows) {
        const auto before = static_cast<std::ptrdiff_t>(readings_.all().size());
        Result<void> read =
            read_check(config_->checks[step.check], rows, series_.series, readings_);
        const Readings& all = readings_.all();
        checks_[step.check].readings.assign(all.begin() + before, all.end());
        return read;
    }

    static Result<void> check_privileges(const PgStep& step, const PgAnswer& rows) {
        if (step.family->name != kPrivilegesQuery || rows.row_count() == 0) return success();
        if (rows.cell(0, 0) != "f") return success();
        return Error(ErrorCode::kUnauthorized,
                     "the user is not in pg_monitor: what other sessions do, WAL, replication and "
                     "some settings are hidden");
    }

    void succeeded(const PgStep& step) {
        if (step.kind == StepKind::kCheck) checks_[step.check].success = 1;
        report(step, 1);
        if (told_.erase(step.title()) != 0) {
            net::log_info("query answers again", {{"target", who()}, {"query", step.title()}});
        }
    }

    // Named once, until it changes; the rest of the collection goes on.
    void failed(const PgStep& step, const Error& error) {
        report(step, 0);
        if (step.kind != StepKind::kCheck && error.code == ErrorCode::kTimeout && !timed_out_) {
            timed_out_ = error.in(step.name);
        }
        std::string& told = told_[step.title()];
        if (told == error.message) return;
        told = error.message;
        const std::string hint(error.code == ErrorCode::kUnauthorized ? kGrants : "");
        net::log_warning(
            "query fails",
            {{"target", who()}, {"query", step.title()}, {"error", error.message + hint}});
    }

    void report(const PgStep& step, double success) {
        const bool check = step.kind == StepKind::kCheck;
        std::vector<SeriesRef>& known = series_.known.of("query " + step.title());
        if (known.empty()) {
            known.push_back(series_.series.get(check ? &kSqlCheckSuccess : &kQuerySuccess,
                                               {{check ? "check" : "query", step.name}}));
        }
        readings_.add(known.front(), success);
    }

    std::string who() const { return "postgres " + config_->instance; }

    Readings taken(double up) {
        readings_.add(up_, up);
        series_.known.next_collection();
        return readings_.take();
    }

    void finish(const Result<void>& result) {
        const bool connected = links_[0]->is_ready() || step_ > 0;
        reached_ = links_[0]->is_ready();
        std::exchange(done_, nullptr)(result, taken(connected ? 1 : 0));
    }

    std::shared_ptr<const PostgresConfig> config_;
    net::Loop& loop_;
    PgSeries series_;
    SeriesRef up_;
    PgPlan plan_;
    std::vector<CheckState> checks_;
    CheckTurns turns_;
    std::vector<QueryBreaker> breakers_;  // by step
    std::vector<std::unique_ptr<PgLink>> links_;
    bool reached_ = false;  // by the last collection, to its end

    // Of the collection under way.
    Timestamp now_{};
    std::chrono::steady_clock::time_point started_;
    TargetDone done_;
    std::vector<std::size_t> order_;  // of the steps
    std::size_t step_ = 0;            // index into that
    UniqueReadings readings_;
    std::optional<Error> timed_out_;
    std::vector<std::optional<Error>> unreachable_;  // by link

    std::map<std::string, std::string> told_;  // what fails, by its title, as it was logged
    net::Timer soon_;
};

}  // namespace

Result<std::unique_ptr<Target>> create_postgres(const std::shared_ptr<const TargetConfig>& config,
                                                const TargetContext& context) {
    return std::make_unique<Postgres>(std::static_pointer_cast<const PostgresConfig>(config),
                                      context);
}

}  // namespace tocsin::collector
