// The letter to whoever made a silence that ends soon and holds back what has opened no incident:
// there is none yet that it could be of.
#pragma once

#include <optional>
#include <vector>

#include "bridge/outbox/sender.h"
#include "bridge/silence/silence.h"

namespace tocsin::bridge {

// Its incident has no key, and of `alerts` those that this silence holds back outside of incidents.
// `silence` is none when it was forgotten meanwhile.
Letter letter_of_silence(EffectRow row, const std::optional<Silence>& silence,
                         const std::vector<AlertRecord>& alerts);

}  // namespace tocsin::bridge
