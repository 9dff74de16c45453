// The outbox in the pipeline's words: transitions become rows with the alerts to post.
#pragma once

#include <functional>
#include <span>

#include "agent/outbox/outbox.h"
#include "agent/pipeline/pipeline.h"

namespace tocsin::agent {

class OutboxSink final : public TransitionSink {
  public:
    // `committed` runs after a commit with transitions.
    OutboxSink(Outbox& outbox, std::function<void()> committed)
        : outbox_(outbox), committed_(std::move(committed)) {}

    Result<void> commit(std::span<const rules::Transition> transitions,
                        std::span<const SavedGroup> states) override;

  private:
    Outbox& outbox_;
    std::function<void()> committed_;
};

}  // namespace tocsin::agent
