#ifndef VITALS_SRC_HEALTH_RESTARTER_H_
#define VITALS_SRC_HEALTH_RESTARTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "health/listener.h"
#include "health/restart_plan.h"
#include "vitals/base/config.h"
#include "vitals/health/restart_hook.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Asks a hook to restart components that are unhealthy, by a plan for each.
class Restarter final : public Listener {
 public:
  /// How components are now: all of those below RestartOptions::under.
  using FindComponents = std::function<std::vector<ComponentReport>()>;
  /// How one is now; nothing when it is gone.
  using FindComponent = std::function<std::optional<ComponentReport>(const std::string& name)>;

  Restarter(RestartHook hook, RestartOptions options, FindComponents find_all,
            FindComponent find_one, std::shared_ptr<const Clock> clock);

 private:
  void Handle(const HealthTransition& transition) override;
  Time HandleDue() override;
  void Forget() override { hook_ = nullptr; }

  void CatchUp();
  void Recover(const std::string& component, const std::string& reason, RestartPlan& plan);
  bool DoDue(const std::string& component, RestartPlan& plan);
  void Ask(RestartRequest request);

  RestartHook hook_;
  const RestartOptions restart_options_;
  const FindComponents find_all_;
  const FindComponent find_one_;
  // Of components that are unhealthy, or were within the window.
  std::map<std::string, RestartPlan> plans_;
  // What was dropped when CatchUp() last looked at everything; none for never.
  std::optional<std::uint64_t> caught_up_;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_RESTARTER_H_
