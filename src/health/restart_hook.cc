#include "vitals/health/restart_hook.h"

VITALS_NAMESPACE_BEGIN

std::string_view RestartStrategyName(RestartStrategy strategy) noexcept {
  switch (strategy) {
    case RestartStrategy::kOneForOne:
      return "one_for_one";
    case RestartStrategy::kOneForAll:
      return "one_for_all";
    case RestartStrategy::kRestForOne:
      return "rest_for_one";
  }
  return "one_for_one";
}

VITALS_NAMESPACE_END
