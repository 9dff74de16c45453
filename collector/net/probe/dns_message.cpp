#include "collector/net/probe/dns_message.h"

#include <algorithm>
#include <array>

#include "base/core/strings.h"
#include "collector/net/probe/dns_data.h"
#include "collector/net/probe_config/dns_names.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::uint16_t kOpt = 41;

void put_word(std::string& bytes, unsigned value) {
    bytes += static_cast<char>(value >> 8U & 0xffU);
    bytes += static_cast<char>(value & 0xffU);
}

// `code_high`: the upper bits of the answer's code, which stand in an OPT record.
bool read_record(std::string_view message, DnsReader& reader, DnsRecord& record, int& code_high) {
    record.text = reader.name();
    reader.within(message.size());
    record.type = reader.word();
    const std::uint16_t rr_class = reader.word();
    const std::uint32_t ttl = reader.number(4);
    const std::size_t size = reader.word();
    if (!reader.ok() || size > reader.left()) return false;
    const std::size_t end = reader.at() + size;
    record.text += "\t" + std::to_string(ttl) + "\t";
    record.text += dns_name(kDnsClasses, rr_class, "CLASS");
    record.text += "\t" + dns_name(kDnsTypes, record.type, "TYPE") + "\t";
    reader.within(end);
    record.text += dns_data_text(reader, end, record);
    if (record.type == kOpt) code_high = static_cast<int>(ttl >> 24U);
    if (!reader.ok() || reader.at() != end) return false;
    reader.within(message.size());
    return true;
}

std::string absolute(std::string name) {
    if (!name.ends_with('.')) name += '.';
    return name;
}

}  // namespace

std::string dns_query(const DnsQuestion& question) {
    std::string out;
    put_word(out, question.id);
    put_word(out, question.recursion == Recursion::kDesired ? 0x0100 : 0);
    put_word(out, 1);
    for (int i = 0; i < 3; ++i) put_word(out, 0);
    std::string_view rest = question.name;
    if (rest.ends_with('.')) rest.remove_suffix(1);
    while (!rest.empty()) {
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        out += static_cast<char>(dot);
        out.append(rest.substr(0, dot));
        rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    out += '\0';
    put_word(out, question.type);
    put_word(out, question.query_class);
    return out;
}

bool is_answer_to(std::string_view message, const DnsQuestion& question) {
    DnsReader reader(message, 0, message.size());
    const std::uint16_t id = reader.word();
    const std::uint16_t flags = reader.word();
    const std::uint16_t questions = reader.word();
    reader.bytes(6);
    if (!reader.ok() || id != question.id || (flags & 0x8000U) == 0) return false;
    // Servers that could not read the query leave the question out.
    if (questions == 0) return true;
    const std::string name = reader.name();
    const std::uint16_t type = reader.word();
    const std::uint16_t query_class = reader.word();
    return reader.ok() && type == question.type && query_class == question.query_class &&
           iequals(name, absolute(question.name));
}

Result<DnsAnswer> parse_dns_answer(std::string_view message) {
    const auto broken = [](std::string_view what) {
        return Error(ErrorCode::kInvalid, "the answer's " + std::string(what) + " does not read");
    };
    DnsReader reader(message, 0, message.size());
    reader.word();
    DnsAnswer out;
    out.rcode = reader.word() & 15;
    int code_high = 0;
    std::array<std::uint16_t, 4> counts{};
    for (std::uint16_t& count : counts) count = reader.word();
    if (!reader.ok()) return broken("header");
    for (unsigned i = 0; i < counts[0]; ++i) {
        reader.name();
        reader.within(message.size());
        reader.number(4);
        if (!reader.ok()) return broken("question");
    }
    const std::array<std::vector<DnsRecord>*, 3> sections{&out.answer, &out.authority,
                                                          &out.additional};
    for (std::size_t i = 0; i < sections.size(); ++i) {
        for (unsigned j = 0; j < counts[i + 1]; ++j) {
            if (!read_record(message, reader, sections[i]->emplace_back(), code_high)) {
                return broken("record");
            }
        }
    }
    out.rcode |= code_high << 4;
    return out;
}

}  // namespace tocsin::collector::probe
