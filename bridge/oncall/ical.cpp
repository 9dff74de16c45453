#include "bridge/oncall/ical.h"

#include <chrono>

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostOctets = 75;  // of a line, without its break (RFC 5545, 3.1)

// "20260105T010000Z": RFC 3339 without punctuation and fractions.
std::string utc(Timestamp t) {
    std::string out;
    for (const char c : format_rfc3339(std::chrono::floor<std::chrono::seconds>(t))) {
        if (c == '.') break;
        if (c != '-' && c != ':') out += c;
    }
    return out + "Z";
}

std::string folded(std::string_view line) {
    std::string out;
    std::size_t length = 0;
    for (std::size_t i = 0; i < line.size();) {
        std::size_t next = i + 1;
        while (next < line.size() && (static_cast<unsigned char>(line[next]) & 0xc0U) == 0x80U) {
            ++next;
        }
        if (length + (next - i) > kMostOctets) {
            out += "\r\n ";
            length = 1;
        }
        out += line.substr(i, next - i);
        length += next - i;
        i = next;
    }
    return out + "\r\n";
}

}  // namespace

std::string ical_text_line(std::string_view name, std::string_view value) {
    std::string line = std::string(name) + ":";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            line += "\\n";
        } else if (byte >= 0x20 && byte != 0x7f) {
            if (c == '\\' || c == ';' || c == ',') line += '\\';
            line += c;
        }
    }
    return folded(line);
}

namespace {

std::string head_of(std::string_view name) {
    std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//on call//EN\r\n";
    out += ical_text_line("NAME", name);
    out += ical_text_line("X-WR-CALNAME", name);
    return out + "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n";
}

// `person`: only theirs, "" for all.
std::string events_of(const Oncall& oncall, const Rotation& rotation,
                      const std::vector<Shift>& shifts, std::string_view person, Timestamp now) {
    std::string out;
    for (const Shift& shift : shifts) {
        const std::string& name = shift.duty.person;
        if (name.empty() || (!person.empty() && name != person)) continue;
        const Person* known = oncall.person(name);
        const std::string& display = known == nullptr ? name : known->display;
        out += "BEGIN:VEVENT\r\n";
        out += ical_text_line("UID", rotation.name + "/" + utc(shift.start));
        out += "DTSTAMP:" + utc(now) + "\r\n";
        out += "DTSTART:" + utc(shift.start) + "\r\n";
        out += "DTEND:" + utc(shift.end) + "\r\n";
        out += ical_text_line("SUMMARY", display + " – " + rotation.name);
        out += "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n";
    }
    return out;
}

constexpr std::string_view kEnd = "END:VCALENDAR\r\n";

}  // namespace

std::string icalendar(const Oncall& oncall, const Rotation& rotation,
                      const std::vector<Shift>& shifts, std::string_view person, Timestamp now) {
    return head_of(rotation.name) + events_of(oncall, rotation, shifts, person, now) +
           std::string(kEnd);
}

std::string icalendar_of_person(const Oncall& oncall, const Person& person,
                                const std::vector<RotationShifts>& all, Timestamp now) {
    std::string out = head_of(person.display);
    for (const RotationShifts& one : all) {
        out += events_of(oncall, *one.rotation, one.shifts, person.name, now);
    }
    return out + std::string(kEnd);
}

}  // namespace tocsin::bridge
