#include "bridge/simulate/run.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

#include "base/core/overloaded.h"
#include "bridge/simulate/night.h"

namespace tocsin::bridge {
namespace {

constexpr int kPage = 1000;

Result<std::vector<IncidentSummary>> all_incidents(Queries& queries, IncidentFilter filter) {
    filter.state = StateFilter::kAll;
    filter.limit = kPage;
    std::vector<IncidentSummary> out;
    do {
        TOCSIN_TRY(IncidentPage page, queries.incidents(filter));
        std::move(page.incidents.begin(), page.incidents.end(), std::back_inserter(out));
        filter.before = page.next;
    } while (filter.before != 0);
    return out;
}

std::string words_of(const std::vector<std::pair<std::string, std::string>>& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        if (!out.empty()) out += ", ";
        out.append(name).append("=").append(value);
    }
    return out;
}

// The newest that is not closed.
Result<std::string> key_of(Simulation& simulation, const WhichIncident& which) {
    if (!which.key.empty()) return which.key;
    IncidentFilter filter;
    filter.labels = which.labels;
    TOCSIN_TRY(const auto found, all_incidents(simulation.queries(), filter));
    for (const IncidentSummary& one : found) {
        if (one.incident.state != State::kClosed) return one.incident.key;
    }
    return Error(ErrorCode::kNotFound, "no incident with " + words_of(which.labels) + " is open");
}

// Why it was refused; nothing when it was done.
using Why = std::optional<std::string>;

Result<Why> unless_unknown(const Error& error) {
    if (error.code != ErrorCode::kNotFound) return error;
    return Why(error.message);
}

// `about`: what stands before a refusal's words.
Result<Why> ask(Simulation& simulation, Input input, const std::string& about) {
    const Result<Answer> answer = simulation.put(std::move(input));
    if (!answer) return unless_unknown(answer.error());
    const auto& done = answer.value();
    if (done && done->refusal) return Why(about + done->refusal->message());
    return Why();
}

Result<Why> act(Simulation& simulation, const ActLine& line) {
    const Result<std::string> key = key_of(simulation, line.which);
    if (!key) return unless_unknown(key.error());
    return ask(simulation, ActionIn{key.value(), line.action}, key.value() + ": ");
}

Result<Why> hold(Simulation& simulation, const HoldLine& line) {
    if (!line.about) return ask(simulation, PutSilenceIn{line.silence, line.id, ""}, "");
    const Result<std::string> key = key_of(simulation, *line.about);
    if (!key) return unless_unknown(key.error());
    return ask(simulation, PutSilenceIn{line.silence, line.id, key.value()}, "");
}

Result<void> carry_out(Simulation& simulation, const Line& line, Simulated& out) {
    const auto told = [&simulation](const auto& in) { return ask(simulation, in, ""); };
    TOCSIN_TRY(const Why why,
               std::visit(Overloaded{[](const WaitLine&) { return Result<Why>(Why()); },
                                     [&](const AlertsIn& in) {
                                         out.alerts += static_cast<int>(in.alerts.size());
                                         return told(in);
                                     },
                                     [&](const HeartbeatIn& in) { return told(in); },
                                     [&](const ExpireSilenceIn& in) { return told(in); },
                                     [&](const ActLine& in) { return act(simulation, in); },
                                     [&](const HoldLine& in) { return hold(simulation, in); },
                                     [&](const ReportIn& in) { return told(in); }},
                          line.what));
    if (why) out.refused.push_back({line.number, *why});
    return success();
}

// People who acknowledge what they are asked, some time after they were.
class Answers {
  public:
    Answers(Simulation& simulation, std::optional<Duration> after)
        : simulation_(simulation), after_(after) {}

    Result<void> pass_until(Timestamp end) {
        if (!after_) return simulation_.pass_until(end);
        // In slices in which nobody can be asked and answer.
        const Duration slice = std::max<Duration>(*after_, 1s);
        while (simulation_.now() < end) {
            note_asked();
            Timestamp until = std::min(end, simulation_.now() + slice);
            if (!waiting_.empty()) until = std::min(until, waiting_.front().at);
            TOCSIN_TRY(simulation_.pass_until(until));
            note_asked();
            TOCSIN_TRY(answer());
        }
        return success();
    }

  private:
    struct Asked {
        Timestamp at;  // of the answer
        std::string incident;
        std::string person;
    };

    void note_asked() {
        for (; seen_ < simulation_.sent().size(); ++seen_) {
            const SentMessage& message = simulation_.sent()[seen_];
            for (const SentMessage::Part& part : message.parts) {
                const bool ask = is_dropped(DropWaiting::What::kAsks, part.notify);
                if (!ask || part.notify.person.empty()) continue;
                waiting_.push_back({message.at + *after_, part.incident, part.notify.person});
            }
        }
    }

    // One that is refused has an owner by now, or is over.
    Result<void> answer() {
        while (!waiting_.empty() && waiting_.front().at <= simulation_.now()) {
            ActionIn in;
            in.key = waiting_.front().incident;
            in.action.kind = ActionKind::kAcknowledge;
            in.action.actor = waiting_.front().person;
            waiting_.pop_front();
            TOCSIN_TRY(simulation_.put(std::move(in)));
        }
        return success();
    }

    Simulation& simulation_;
    std::optional<Duration> after_;
    std::size_t seen_ = 0;       // of the messages
    std::deque<Asked> waiting_;  // by time
};

}  // namespace

Result<Simulated> simulate(std::shared_ptr<const BridgeConfig> config,
                           const std::vector<Line>& lines, const SimulateOptions& options) {
    Simulated out;
    out.from = lines.front().at;
    out.to = lines.back().at + options.run_on;
    TOCSIN_TRY(const auto simulation, Simulation::create(std::move(config), out.from));
    Answers answers(*simulation, options.answer_after);
    for (const Line& line : lines) {
        TOCSIN_TRY(answers.pass_until(line.at));
        TOCSIN_TRY(carry_out(*simulation, line, out));
    }
    TOCSIN_TRY(answers.pass_until(out.to));
    TOCSIN_TRY(out.incidents, all_incidents(simulation->queries(), {}));
    std::reverse(out.incidents.begin(), out.incidents.end());
    TOCSIN_TRY(out.held, simulation->queries().held_alerts());
    for (const SentMessage& message : simulation->sent()) {
        auto wakes = woken_by(message, simulation->config(), options.ringing, options.zone);
        out.wake_ups += static_cast<int>(wakes.size());
        out.messages.push_back({message, std::move(wakes)});
    }
    return out;
}

}  // namespace tocsin::bridge
