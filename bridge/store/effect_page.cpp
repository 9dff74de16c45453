#include "bridge/store/effect_page.h"

#include <map>
#include <utility>

namespace tocsin::bridge {
namespace {

std::string where_of(const EffectFilter& filter, sql::Parameters& parameters) {
    std::string where = "WHERE 1 = 1";
    if (filter.state) {
        where += " AND state = :state";
        parameters.add("state", std::string(to_string(*filter.state)));
    }
    if (!filter.incident.empty()) {
        where += " AND incident IN (SELECT i.id FROM incidents i WHERE i.key = :key)";
        parameters.add("key", filter.incident);
    }
    if (filter.before > 0) {
        where += " AND id < :before";
        parameters.add("before", filter.before);
    }
    // One more than asked for tells whether there is a next page.
    parameters.add("most", filter.limit + 1);
    return where + " ORDER BY id DESC LIMIT :most";
}

}  // namespace

Result<EffectPage> effect_page(Session& session, const EffectFilter& filter) {
    return sql::guarded("listing messages", [&]() -> Result<EffectPage> {
        EffectPage page;
        sql::Parameters parameters;
        const std::string where = where_of(filter, parameters);
        select_effects(session, "SELECT " + effect_columns() + " FROM effects " + where, parameters,
                       [&](EffectRow row) {
                           page.effects.push_back({std::move(row), "", ""});
                       });
        if (page.effects.size() > static_cast<std::size_t>(filter.limit)) {
            page.effects.pop_back();
            page.next = page.effects.back().effect.id.value;
        }
        std::vector<std::int64_t> ids;
        for (const EffectOfIncident& of : page.effects) ids.push_back(of.effect.incident.value);
        std::map<std::int64_t, std::pair<std::string, std::string>> names;
        sql::select<sql::Int, sql::Text, sql::Text>(
            session.connection,
            "SELECT id, key, title FROM incidents WHERE id IN (" +
                session.dialect->list("ids", ColumnType::kInteger) + ")",
            sql::Parameters().add("ids", json_list(ids)),
            [&](const sql::Int& id, const sql::Text& key, const sql::Text& title) {
                names[id.value] = {key.value, title.value};
            });
        for (EffectOfIncident& of : page.effects) {
            std::tie(of.key, of.title) = names[of.effect.incident.value];
        }
        return page;
    });
}

}  // namespace tocsin::bridge
