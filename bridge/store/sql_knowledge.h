// Knowledge over a session, and what a transaction writes of it. For the .cpp files of this folder.
#pragma once

#include "bridge/store/knowledge.h"
#include "bridge/store/rows.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {

class SqlKnowledge final : public Knowledge {
  public:
    explicit SqlKnowledge(Session& session) : session_(session) {}

    Result<std::optional<Record>> record(const std::string& key) override;
    Result<RecordDetail> detail(const std::string& key) override;
    Result<RecordPage> list(const RecordFilter& filter) override;
    Result<std::vector<Record>> records_of(IncidentId incident) override;
    Result<ByKey> problems_of(const std::vector<std::string>& dedup_keys) override;
    Result<std::map<std::string, std::vector<IncidentId>>> past_of(
        const std::vector<std::string>& dedup_keys, Timestamp since) override;
    Result<Background> background(const Incident& incident) override;
    Result<std::vector<ReviewTimer>> due_reviews(Timestamp now, int limit) override;

  private:
    Session& session_;
};

void write_knowledge(Session& session, const KnowledgeChanges& changes, Timestamp now);

}  // namespace tocsin::bridge
