// A page of messages with their incidents. For the .cpp files of this folder alone.
#pragma once

#include "bridge/store/queries.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {

Result<EffectPage> effect_page(Session& session, const EffectFilter& filter);

}  // namespace tocsin::bridge
