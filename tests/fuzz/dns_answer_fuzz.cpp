// What a DNS server, or who speaks in its place, can send.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/strings.h"
#include "collector/net/probe/dns_message.h"

using namespace tocsin::collector::probe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message(reinterpret_cast<const char*>(data), size);
    DnsQuestion question{0x1234, "example.org", 1, 1, Recursion::kDesired};
    (void)is_answer_to(message, question);
    const auto answer = parse_dns_answer(message);
    if (!answer) return 0;
    for (const auto* section :
         {&answer.value().answer, &answer.value().authority, &answer.value().additional}) {
        // Eleven bytes at least each; names and data at most four characters a byte.
        if (section->size() > size / 11) std::abort();
        for (const DnsRecord& record : *section) {
            if (record.text.size() > 4 * (size + 1024)) std::abort();
            if (!tocsin::is_valid_utf8(record.text)) std::abort();
        }
    }
    return 0;
}
