#include <fmt/format.h>

#include <algorithm>

#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

std::string_view word(Names::Kind kind) {
    switch (kind) {
        case Names::Kind::kChannel:
            return "channel";
        case Names::Kind::kPerson:
            return "person";
        case Names::Kind::kTeam:
            return "team";
        case Names::Kind::kPolicy:
            return "policy";
        case Names::Kind::kRoute:
            return "route";
        case Names::Kind::kService:
            return "service";
        case Names::Kind::kToken:
            return "token";
        case Names::Kind::kCalendar:
            return "calendar";
        case Names::Kind::kRotation:
            return "rotation";
        case Names::Kind::kVendor:
            return "vendor";
        case Names::Kind::kTicket:
            return "ticket system";
    }
    return "";
}

void report(Diagnostics& d, DiagnosticLevel level, const Where& where, std::string message) {
    d.add({level, where.file, where.at, std::move(message)});
}

}  // namespace

void Names::define(Kind kind, std::string_view name, Where where) {
    definitions_.push_back({kind, std::string(name), std::move(where)});
}

void Names::refer(Kind kind, std::string_view name, Where where) {
    references_.push_back({kind, std::string(name), std::move(where)});
}

void Names::refer(const Target& target, Where where) {
    constexpr std::string_view kRotation = "rotation:";
    const bool above = target.kind == Target::Kind::kManagerOf;
    if (above && target.name.starts_with(kRotation)) {
        refer(Kind::kRotation, target.name.substr(kRotation.size()), std::move(where));
        return;
    }
    Kind kind = Kind::kTeam;
    if (target.kind == Target::Kind::kPerson || above) kind = Kind::kPerson;
    if (target.kind == Target::Kind::kVendor) kind = Kind::kVendor;
    if (target.kind == Target::Kind::kRotation) kind = Kind::kRotation;
    refer(kind, target.name, std::move(where));
}

bool Names::defined(Kind kind, std::string_view name) const {
    return std::any_of(definitions_.begin(), definitions_.end(),
                       [&](const Entry& e) { return e.kind == kind && e.name == name; });
}

bool Names::referred(const Entry& entry) const {
    return std::any_of(references_.begin(), references_.end(), [&](const Entry& r) {
        return r.kind == entry.kind && r.name == entry.name;
    });
}

void Names::check(Diagnostics& diagnostics) const {
    for (std::size_t i = 0; i < definitions_.size(); ++i) {
        const Entry& entry = definitions_[i];
        const auto first = std::find_if(definitions_.begin(), definitions_.end(), [&](auto& e) {
            return e.kind == entry.kind && e.name == entry.name;
        });
        if (first - definitions_.begin() != static_cast<std::ptrdiff_t>(i)) {
            report(diagnostics, DiagnosticLevel::kError, entry.where,
                   fmt::format("{} \"{}\" is there already, at {}:{}", word(entry.kind), entry.name,
                               first->where.file, first->where.at.line));
            continue;
        }
        const bool wants_use = entry.kind == Kind::kChannel || entry.kind == Kind::kPolicy ||
                               entry.kind == Kind::kRotation || entry.kind == Kind::kTicket;
        if (wants_use && !referred(entry)) {
            report(diagnostics, DiagnosticLevel::kWarning, entry.where,
                   fmt::format("{} \"{}\" is used by nobody", word(entry.kind), entry.name));
        }
    }
    for (const Entry& reference : references_) {
        if (defined(reference.kind, reference.name)) continue;
        std::vector<std::string_view> known;
        for (const Entry& e : definitions_) {
            if (e.kind == reference.kind) known.push_back(e.name);
        }
        const std::string_view near = nearest(reference.name, known);
        report(diagnostics, DiagnosticLevel::kError, reference.where,
               fmt::format("no {} is named \"{}\"{}", word(reference.kind), reference.name,
                           near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
}

}  // namespace tocsin::bridge
