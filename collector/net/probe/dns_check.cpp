#include "collector/net/probe/dns_check.h"

#include <algorithm>
#include <string>

#include "base/core/strings.h"
#include "collector/net/probe_config/dns_names.h"

namespace tocsin::collector::probe {
namespace {

bool matches(const DnsRecord& record, const Search& search) {
    return search.found_in(record.text);
}

// All of them; one would be named by its place in the list, which nobody knows.
std::string texts_of(const std::vector<Search>& searches) {
    std::string out;
    for (const Search& search : searches) {
        if (!out.empty()) out += ", ";
        out += quote(search.expression());
    }
    return out;
}

bool any_matches_any(const std::vector<DnsRecord>& records, const std::vector<Search>& searches) {
    return std::any_of(records.begin(), records.end(), [&](const DnsRecord& record) {
        return std::any_of(searches.begin(), searches.end(),
                           [&](const Search& search) { return matches(record, search); });
    });
}

bool all_match_all(const std::vector<DnsRecord>& records, const std::vector<Search>& searches) {
    return std::all_of(records.begin(), records.end(), [&](const DnsRecord& record) {
        return std::all_of(searches.begin(), searches.end(),
                           [&](const Search& search) { return matches(record, search); });
    });
}

}  // namespace

Result<DnsCheck> DnsCheck::create(const DnsConfig& config) {
    DnsCheck check;
    check.rcodes_ = config.valid_rcodes;
    TOCSIN_TRY(check.answer_, compile(config.answer));
    TOCSIN_TRY(check.authority_, compile(config.authority));
    TOCSIN_TRY(check.additional_, compile(config.additional));
    return check;
}

Result<DnsCheck::Section> DnsCheck::compile(const DnsValidation& validation) {
    Section section;
    TOCSIN_TRY(section.matches, Search::compile(validation.fail_if_matches));
    TOCSIN_TRY(section.all_match, Search::compile(validation.fail_if_all_match));
    TOCSIN_TRY(section.not_matches, Search::compile(validation.fail_if_not_matches));
    TOCSIN_TRY(section.none_matches, Search::compile(validation.fail_if_none_matches));
    return section;
}

Result<void> DnsCheck::judge(const DnsAnswer& answer) const {
    if (std::find(rcodes_.begin(), rcodes_.end(), answer.rcode) == rcodes_.end()) {
        return Error(ErrorCode::kInvalid,
                     "answers with code " + std::to_string(answer.rcode) + " (" +
                         dns_name(kDnsCodes, static_cast<std::uint16_t>(answer.rcode), "RCODE") +
                         ")");
    }
    TOCSIN_TRY(judge_section(answer_, "answer", answer.answer));
    TOCSIN_TRY(judge_section(authority_, "authority", answer.authority));
    return judge_section(additional_, "additional", answer.additional);
}

// What lists of several mean is blackbox_exporter's (prober/dns.go, validRRs).
Result<void> DnsCheck::judge_section(const Section& section, std::string_view name,
                                     const std::vector<DnsRecord>& records) {
    const auto wrong = [&](std::string_view how, const std::string& expressions) {
        return Error(ErrorCode::kInvalid, "its " + std::string(name) +
                                              " section: " + std::string(how) + " " + expressions);
    };
    for (const DnsRecord& record : records) {
        for (const Search& search : section.matches) {
            if (matches(record, search)) {
                return wrong("a record matches", quote(search.expression()));
            }
        }
        for (const Search& search : section.not_matches) {
            if (!matches(record, search)) {
                return wrong("a record does not match", quote(search.expression()));
            }
        }
    }
    if (records.empty() && !section.not_matches.empty()) {
        return wrong("no record, where each should match", texts_of(section.not_matches));
    }
    if (!section.all_match.empty() && !records.empty() &&
        all_match_all(records, section.all_match)) {
        return wrong("every record matches", texts_of(section.all_match));
    }
    if (!section.none_matches.empty() && !any_matches_any(records, section.none_matches)) {
        return wrong("no record matches", texts_of(section.none_matches));
    }
    return success();
}

}  // namespace tocsin::collector::probe
