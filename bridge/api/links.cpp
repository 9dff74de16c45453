// One-tap links: reading one shows what it would do, its page's button does it.
#include <algorithm>
#include <utility>

#include "bridge/api/api.h"
#include "bridge/api/link_page.h"
#include "bridge/notify/link.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

Result<Link> link_of(const Call& call, const Secret& key, Timestamp now) {
    const LinkParts parts{call.path.at("key"), call.path.at("action"), call.path.at("expires"),
                          call.path.at("person"), call.path.at("signature")};
    return read_link(key, parts, now);
}

void refuse(const Call& call, const Error& error, const std::string& language) {
    const bool expired = error.code == ErrorCode::kTimeout;
    LinkPage page;
    page.status = expired ? 410 : 404;
    page.sentence = say(expired ? "link.expired" : "link.invalid", language);
    call.answer(link_page(page, language));
}

LinkSubject subject_of(const Incident& incident, const std::string& base) {
    return {incident.title, incident.priority, incident.state, base + "/incidents/" + incident.key};
}

LinkPage impossible(const Incident& incident, const std::string& base,
                    const std::string& language) {
    LinkPage page;
    page.sentence =
        say("link.impossible", language, word("state", to_string(incident.state), language));
    page.subject = subject_of(incident, base);
    return page;
}

LinkPage question(const Link& link, const IncidentDetail& detail, const std::string& base,
                  const std::string& language) {
    Incident incident = detail.summary.incident;
    incident.alerts = detail.alerts;
    const auto possible = possible_actions(incident);
    if (std::find(possible.begin(), possible.end(), link.action) == possible.end()) {
        return impossible(incident, base, language);
    }
    LinkPage page;
    page.sentence = say("link.ask." + std::string(to_string(link.action)), language);
    page.subject = subject_of(incident, base);
    page.form = link.person.empty() ? LinkPage::Form::kIdentity : LinkPage::Form::kButton;
    page.action = word("action", to_string(link.action), language);
    page.person = link.person;
    return page;
}

LinkPage answer_of(const Link& link, const Result<Answer>& answer, const std::string& base,
                   const std::string& language) {
    LinkPage page;
    if (!answer || !answer.value()) {
        const bool unknown = !answer && answer.error().code == ErrorCode::kNotFound;
        page.status = unknown ? 404 : 503;
        page.sentence = say(unknown ? "link.unknown" : "link.busy", language);
        return page;
    }
    const ActionDone& done = *answer.value();
    if (done.refusal) {
        const bool theirs = done.refusal->code != Refusal::Code::kForbidden;
        page = impossible(done.incident, base, language);
        page.status = theirs ? 409 : 403;
        if (!theirs) page.sentence = say("link.other_team", language);
        return page;
    }
    page.sentence =
        say("link.done." + std::string(to_string(link.action)), language, link.incident);
    page.subject = subject_of(done.incident, base);
    return page;
}

}  // namespace

void Api::get_link(Call call) {
    const std::string language(call.language);
    const Result<Link> link = link_of(call, link_key_, parts_.clock.now());
    if (!link) {
        refuse(call, link.error(), language);
        return;
    }
    parts_.reader.ask<IncidentDetail>(
        [key = link.value().incident](Queries& q) { return q.incident(key); },
        [call, language, link = link.value(),
         config = config_](const Result<IncidentDetail>& detail) {
            if (!detail) {
                LinkPage page;
                page.status = detail.error().code == ErrorCode::kNotFound ? 404 : 503;
                page.sentence = say(page.status == 404 ? "link.unknown" : "link.busy", language);
                call.answer(link_page(page, language));
                return;
            }
            call.answer(link_page(question(link, detail.value(), config->url, language), language));
        });
}

// Who acts: whom the link names, while that is one of `people`; else whoever the form says, if the
// token or the person's PIN bears it out.
Api::Tapper Api::tapper_of(const Link& link, const net::Request& request) {
    if (!link.person.empty()) {
        // Whoever reported it need not be one of them: the link was made for them.
        const bool known =
            is_of_reporters(link.action) || config_->oncall.person(link.person) != nullptr;
        return {known ? link.person : std::string()};
    }
    const std::string name(request.param("name"));
    const std::string secret(request.param("token"));
    net::Request asked = request;
    asked.headers.remove("Authorization");
    if (!secret.empty()) asked.headers.set("Authorization", "Bearer " + secret);
    const Result<Caller> caller = router_.access().identify(asked);
    if (caller) {
        if (!allows(caller.value().role, Access::kRespond)) return {};
        // A caller without a token, where those are let in, is who they say.
        if (caller.value().name.empty() || caller.value().name == name) return {name};
        return {};
    }
    const auto verdict =
        pins_.judge(name, router_.access().pin_of(name), secret, parts_.clock.now());
    switch (verdict) {
        case PinGate::Verdict::kRight:
            return {name};
        case PinGate::Verdict::kWait:
            return {"", true};
        case PinGate::Verdict::kWrong:
            break;
    }
    return {};
}

void Api::post_link(Call call) {
    const std::string language(call.language);
    const Result<Link> link = link_of(call, link_key_, parts_.clock.now());
    if (!link) {
        refuse(call, link.error(), language);
        return;
    }
    UserAction action;
    action.kind = link.value().action;
    const Tapper tapper = tapper_of(link.value(), call.request);
    action.actor = tapper.name;
    if (action.actor.empty() || action.actor == kSystem || action.actor == kSourceBridge) {
        LinkPage page;
        page.status = tapper.later ? 429 : 403;
        page.sentence = say(tapper.later ? "link.later" : "link.stranger", language);
        call.answer(link_page(page, language));
        return;
    }
    parts_.worker.submit(
        ActionIn{link.value().incident, std::move(action)},
        [call, language, link = link.value(), config = config_](const Result<Answer>& answer) {
            const LinkPage page = answer_of(link, answer, config->url, language);
            call.answer(link_page(page, language));
        });
}

}  // namespace tocsin::bridge
