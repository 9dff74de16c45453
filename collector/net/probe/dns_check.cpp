#include "collector/net/probe/dns_check.h"

#include <algorithm>
#include <string>

#include "base/core/strings.h"

namespace tocsin::collector::probe {
namespace {

bool any_matches(const std::vector<DnsRecord>& records, const Search& search) {
    return std::any_of(records.begin(), records.end(),
                       [&](const DnsRecord& record) { return search.found_in(record.text); });
}

bool all_match(const std::vector<DnsRecord>& records, const Search& search) {
    return std::all_of(records.begin(), records.end(),
                       [&](const DnsRecord& record) { return search.found_in(record.text); });
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
        return Error(ErrorCode::kInvalid, "answers with code " + std::to_string(answer.rcode) +
                                              (answer.rcode == 3 ? " (NXDOMAIN)" : ""));
    }
    TOCSIN_TRY(judge_section(answer_, "answer", answer.answer));
    TOCSIN_TRY(judge_section(authority_, "authority", answer.authority));
    return judge_section(additional_, "additional", answer.additional);
}

Result<void> DnsCheck::judge_section(const Section& section, std::string_view name,
                                     const std::vector<DnsRecord>& records) {
    const auto wrong = [&](std::string_view how, const Search& search) {
        return Error(ErrorCode::kInvalid, "its " + std::string(name) + " section: " +
                                              std::string(how) + " " + quote(search.expression()));
    };
    for (const Search& search : section.matches) {
        if (any_matches(records, search)) return wrong("a record matches", search);
    }
    for (const Search& search : section.all_match) {
        if (!records.empty() && all_match(records, search)) {
            return wrong("every record matches", search);
        }
    }
    for (const Search& search : section.not_matches) {
        if (records.empty()) return wrong("no record, where each should match", search);
        if (!all_match(records, search)) return wrong("a record does not match", search);
    }
    for (const Search& search : section.none_matches) {
        if (!any_matches(records, search)) return wrong("no record matches", search);
    }
    return success();
}

}  // namespace tocsin::collector::probe
