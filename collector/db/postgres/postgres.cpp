#include "collector/db/postgres/postgres.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/net/log.h"
#include "collector/db/postgres/link.h"
#include "collector/db/postgres/plan.h"

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

// What is not permitted is not asked at every turn: the server writes each refusal into its log.
constexpr Duration kAskAgain{5min};

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
          refused_(plan_.steps.size()) {
        for (const std::string& database : plan_.databases) {
            links_.push_back(std::make_unique<PgLink>(config_, database, context));
        }
    }

    void start(Timestamp now, TargetDone done) override {
        now_ = now;
        done_ = std::move(done);
        step_ = 0;
        timed_out_.reset();
        unreachable_.assign(links_.size(), std::nullopt);
        soon_ = loop_.after(Duration{0}, [this] { go_on(); });
    }

    Readings cancel() override {
        done_ = nullptr;
        soon_.cancel();
        // Whatever it waits for, a new connection owes nobody an answer.
        if (step_ < plan_.steps.size()) links_[plan_.steps[step_].link]->close();
        return taken(links_[0]->is_ready() || step_ > 0 ? 1 : 0);
    }

  private:
    void go_on() {
        for (; step_ < plan_.steps.size(); ++step_) {
            const PgStep& step = plan_.steps[step_];
            if (unreachable_[step.link]) {
                failed(step, *unreachable_[step.link]);
                continue;
            }
            PgLink& link = *links_[step.link];
            if (!link.is_ready()) {
                return link.open([this](const Result<void>& result) { opened(result); });
            }
            if (!is_wanted(step, link)) continue;
            return ask(step, link);
        }
        if (timed_out_) return finish(*timed_out_);
        finish(success());
    }

    void opened(const Result<void>& result) {
        if (!result) return lost(plan_.steps[step_], result.error());
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
        const std::optional<Timestamp>& refused = refused_[step_];
        if (!refused || now_ - *refused >= kAskAgain) return true;
        report(step, 0);
        return false;
    }

    bool is_due(const PgStep& step) {
        const CheckState& state = checks_[step.check];
        const Duration every = config_->checks[step.check].every;
        if (!state.last || now_ - *state.last >= every) return true;
        for (const Reading& old : state.readings) readings_.add(old.series, old.value);
        report(step, state.success);
        return false;
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
        const PgStep& step = plan_.steps[step_];
        const SqlCheck& check = config_->checks[step.check];
        links_[step.link]->connection().ask(
            limited(check.statement, kMostCheckRows + 1),
            [this](Result<PgAnswer> answer) { answered(std::move(answer)); });
    }

    void answered(Result<PgAnswer> answer) {
        const PgStep& step = plan_.steps[step_];
        PgConnection& connection = links_[step.link]->connection();
        if (!answer && !connection.is_open()) {
            if (step.kind == StepKind::kCheck) failed(step, answer.error());
            return lost(step, answer.error());
        }
        const bool forbidden = !answer && answer.error().code == ErrorCode::kUnauthorized;
        refused_[step_] = forbidden ? std::optional(now_) : std::nullopt;
        const Result<void> read = read_answer(step, answer);
        if (read) {
            succeeded(step);
        } else {
            failed(step, read.error());
        }
        if (!connection.in_transaction()) return next();
        connection.run("ROLLBACK", [this](const Result<PgAnswer>& ended) {
            if (ended) return next();
            links_[plan_.steps[step_].link]->close();
            lost(plan_.steps[step_], ended.error());
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
        std::exchange(done_, nullptr)(result, taken(connected ? 1 : 0));
    }

    std::shared_ptr<const PostgresConfig> config_;
    net::Loop& loop_;
    PgSeries series_;
    SeriesRef up_;
    PgPlan plan_;
    std::vector<CheckState> checks_;
    std::vector<std::optional<Timestamp>> refused_;  // by step: when a privilege was missing
    std::vector<std::unique_ptr<PgLink>> links_;

    // Of the collection under way.
    Timestamp now_{};
    TargetDone done_;
    std::size_t step_ = 0;
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
