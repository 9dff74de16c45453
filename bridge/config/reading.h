// What is gathered while the files are read, before names are checked across them. Internal.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/text/yaml.h"
#include "bridge/config/config.h"

namespace tocsin::bridge {

struct Where {
    std::string file;
    Position at;
};

// Everything that has a name others refer to: checked once all files are read.
class Names {
  public:
    enum class Kind {
        kChannel,
        kPerson,
        kTeam,
        kPolicy,
        kRoute,
        kService,
        kToken,
        kCalendar,
        kVendor,
        kTicket,
        kRotation
    };

    void define(Kind kind, std::string_view name, Where where);
    void refer(Kind kind, std::string_view name, Where where);
    void refer(const Target& target, Where where);
    bool defined(Kind kind, std::string_view name) const;
    // Names given twice, names that nothing bears (with the nearest), names that nobody uses.
    void check(Diagnostics& diagnostics) const;

  private:
    struct Entry {
        Kind kind;
        std::string name;
        Where where;
    };
    bool referred(const Entry& entry) const;
    std::vector<Entry> definitions_;
    std::vector<Entry> references_;
};

// A contact's address is checked when its channel's type is known.
struct PendingContact {
    bool vendor = false;  // `person` counts the vendors
    std::size_t person = 0;
    std::size_t contact = 0;
    std::string url;
    std::string address;
    std::string at;
    std::string number;
    Where where;
};

struct ReadRoute {
    Route route;
    Where where;
    std::string match_text;
};

struct Reading {
    BridgeConfig config;
    Names names;
    std::vector<PendingContact> contacts;
    std::vector<ReadRoute> routes;   // included files' first
    std::vector<Where> resolutions;  // ladders that count against a resolution target
    bool inhibit_given = false;      // by one of the files: the default is out
};

// Sections of a file; `r` is the file's root and `d` its diagnostics.
void read_settings(text::MapReader& r, Diagnostics& d, Reading& out);
void read_priority(text::MapReader& r, Diagnostics& d, Reading& out);
void read_access(text::MapReader& r, Diagnostics& d, Reading& out);
void read_services(text::MapReader& r, Diagnostics& d, Reading& out);
void read_calendars(text::MapReader& r, Diagnostics& d, Reading& out);
void read_sla(text::MapReader& r, Diagnostics& d, Reading& out);
void read_people_settings(text::MapReader& incidents, Diagnostics& d, IncidentSettings& settings);
void read_vendors(text::MapReader& r, Diagnostics& d, Reading& out);
void read_people(text::MapReader& r, Diagnostics& d, Reading& out);
void read_teams(text::MapReader& r, Diagnostics& d, Reading& out);
void read_policies(text::MapReader& r, Diagnostics& d, Reading& out);
void read_rotations(text::MapReader& r, Diagnostics& d, Reading& out);
void read_telling_hours(text::MapReader& r, Diagnostics& d, Reading& out);
void read_channels(text::MapReader& r, Diagnostics& d, Reading& out);
void read_routes(text::MapReader& r, Diagnostics& d, Reading& out);
Calendar daytime(const Zone& zone);  // every day from eight to ten in the evening
void read_tickets(text::MapReader& r, Diagnostics& d, Reading& out);
void read_links(text::MapReader& r, Diagnostics& d, Reading& out);
void read_inhibit(text::MapReader& r, Diagnostics& d, Reading& out);
void read_maintenance(text::MapReader& r, Diagnostics& d, Reading& out);
void read_noise(text::MapReader& r, Diagnostics& d, Reading& out);  // of the main file
void read_knowledge(text::MapReader& r, Diagnostics& d, KnowledgeSettings& settings);

// After all files: addresses of contacts by their channel, routes in their final order.
void settle_contacts(Reading& out, Diagnostics& d);
void settle_routes(Reading& out, Diagnostics& d);
void settle_sla(Reading& out, Diagnostics& d);

// Shared by the sections.
void read_contacts(text::MapReader& r, Diagnostics& d, Reading& out, Person& person,
                   const PendingContact& where);
SlaTargets sla_of(text::MapReader& r, Diagnostics& d, Reading& out);  // the key `sla`
void read_resolution(text::MapReader& r, Diagnostics& d, Reading& out, Policy& policy);
std::vector<text::YamlNode> items_of(text::MapReader& r, std::string_view key);
std::vector<std::pair<Target, Position>> targets_of(text::MapReader& r, std::string_view key,
                                                    Diagnostics& d);
Matchers matchers_of(text::MapReader& r, std::string_view key, Diagnostics& d);
std::optional<Priority> priority_of(text::MapReader& r, std::string_view key);
// `for: all`, or a list of priorities; all when absent.
std::vector<Priority> priorities_of(text::MapReader& r, std::string_view key, Diagnostics& d);
// A calendar's name as hours; none when absent, and for 7x24.
Hours hours_of(text::MapReader& r, std::string_view key, const Diagnostics& d, Reading& out);
// The value of `name:`, required and not empty; defines it.
std::string name_of(text::MapReader& r, Names::Kind kind, const Diagnostics& d, Reading& out);
bool is_address(std::string_view text);    // of e-mail
bool is_host_port(std::string_view text);  // "smtp.example:587", "[::1]:25"
bool is_http_url(std::string_view text);
// Of a host:port that only this host can reach.
bool is_loopback(std::string_view host_port);
// Of one that is every address of this host: what listens there, nobody can ask for by it.
bool is_wildcard(std::string_view host_port);

}  // namespace tocsin::bridge
