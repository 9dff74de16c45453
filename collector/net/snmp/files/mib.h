// Modules: which objects to ask for and how they become series. In the form that snmp_exporter's
// generator writes (snmp.yml), so that a module made for it is one for us. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/model/sample.h"
#include "collector/api/search.h"
#include "collector/net/snmp/files/value.h"

namespace tocsin::collector::snmp {

using EnumValues = std::vector<std::pair<std::int64_t, std::string>>;  // sorted

struct Index {
    std::string label;
    IndexForm form;
    EnumValues names;  // for EnumAsInfo
};

// Puts the value of `oid` at the instance that `from` name into `label`. Without `from` the label
// is dropped: it only served other lookups.
struct Lookup {
    std::vector<std::string> from;
    std::string label;
    Oid oid;
    Type type = Type::kDisplayString;
};

// A number that stands in a text: what `regex` finds, which is the whole text, put into `value`.
struct Extract {
    Search regex;
    std::string value;
};

struct Metric {
    std::string name;
    Oid oid;
    Type type = Type::kGauge;
    std::string help;
    std::vector<Index> indexes;
    std::vector<Lookup> lookups;
    EnumValues names;
    // By what is put behind the metric's name; of each the first that finds a number. With any, the
    // text itself is not reported.
    std::vector<std::pair<std::string, std::vector<Extract>>> extracts;
    double scale = 1;
    double offset = 0;
};

struct Module {
    std::string name;
    std::vector<Oid> walk;
    std::vector<Oid> get;
    std::vector<Metric> metrics;  // sorted by OID, none within another
};

using Modules = std::map<std::string, Module, std::less<>>;

// Reads one file of modules; those of a name that `into` has replace it. What the file says of
// versions, credentials and time-outs belongs to agent.yml: a warning.
void read_modules(std::string_view text, Diagnostics& diagnostics, Modules& into);

}  // namespace tocsin::collector::snmp
