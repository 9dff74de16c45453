#include "bridge/api/choices.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/api/json_values.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

json::array texts(const std::vector<std::string>& all) {
    return json::array(all.begin(), all.end());
}

json::array people_array(const std::vector<Person>& people) {
    json::array out;
    for (const Person& person : people) {
        json::object item;
        item["name"] = person.name;
        item["display"] = person.display;
        out.push_back(std::move(item));
    }
    return out;
}

json::array teams_array(const std::vector<Team>& teams) {
    json::array out;
    for (const Team& team : teams) {
        json::object item;
        item["name"] = team.name;
        item["lead"] = text_or_null(team.lead);
        item["manager"] = text_or_null(team.manager);
        item["members"] = texts(team.members);
        out.push_back(std::move(item));
    }
    return out;
}

json::array reasons_array(const std::vector<PendingReason>& reasons) {
    json::array out;
    for (const PendingReason& reason : reasons) {
        json::object item;
        item["name"] = reason.name;
        item["pauses_at_most"] = format_duration(reason.pauses_at_most);
        out.push_back(std::move(item));
    }
    return out;
}

}  // namespace

std::string choices_json(const BridgeConfig& config, const Caller& caller) {
    json::object me;
    me["name"] = text_or_null(caller.name);
    me["role"] = to_string(caller.role);
    json::object owed;
    for (const auto& [priority, needs] : config.incidents.close_needs) {
        owed[to_string(priority)] = texts(needs);
    }
    json::object out;
    out["me"] = std::move(me);
    out["people"] = people_array(config.oncall.people);
    out["teams"] = teams_array(config.oncall.teams);
    out["vendors"] = people_array(config.oncall.vendors);
    out["causes"] = texts(config.incidents.causes);
    out["close_needs"] = std::move(owed);
    out["pending_reasons"] = reasons_array(config.incidents.sla.reasons);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
