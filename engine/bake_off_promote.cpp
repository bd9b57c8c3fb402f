#include <filesystem>

#include "bake_off.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "registry/registry.h"
#include "result_files.h"

namespace bakeoff {
namespace {

std::string window_text(Micros window) { return window == CandidatesSpec::kAllHistory ? "all" : format_period(window); }

Json to_json(const Candidate& candidate) {
  return {{"family", candidate.family},
          {"parameters", Json(candidate.parameters)},
          {"window", window_text(candidate.window)},
          {"feature_set", candidate.feature_set},
          {"label", candidate.label()}};
}

// What the next run and the monitor need to know of this model when it is champion.
Json metadata_of(const RunFolder& folder, const Json& decision) {
  return {{"run_id", folder.id()},
          {"candidate", decision.at("candidate")},
          {"reference", {{decision.at("metric").get<std::string>(), decision.at("reference")}}},
          {"spec_sha256", decision.at("spec_sha256")},
          {"trained_until", decision.at("trained_until")},
          {"decided_at", decision.at("decided_at")}};
}

std::vector<std::string> budget_reasons(const Plan& plan, const TrainedBatch& batch) {
  std::vector<std::string> reasons;
  for (const std::string& reason : {plan.cut_short, batch.why_not_run})
    if (!reason.empty()) reasons.push_back(reason);
  return reasons;
}

void rewrite(const std::string& path, const Json& decision) { write_file(path, json_pretty(decision)); }

}  // namespace

void tell_budget(const Plan& plan, const TrainedBatch& batch, Verdict& verdict) {
  for (const std::string& reason : budget_reasons(plan, batch)) verdict.reasons.push_back(reason);
}

void write_decision(const Spec& spec, const RunFolder& folder, const Champion& champion, const TrainedBatch& batch,
                    const Selection& selection, const Plan& plan, const Verdict& verdict, const Budget& budget) {
  Json decision = to_json(verdict);
  const TrainedCandidate& best = batch.candidates[static_cast<std::size_t>(selection.best)];
  // The reference of a future champion: its holdout value, or its out-of-fold value where there was no holdout.
  const double reference = plan.cross_validated ? selection.value : verdict.challenger_value.value;
  decision["candidate"] = to_json(best.candidate);
  decision["reference"] = reference;
  decision["select"] = {
      {"value", selection.value}, {"candidates", batch.candidates.size()}, {"not_run", batch.not_run}};
  if (budget.limited() || batch.not_run > 0)
    decision["budget"] = {
        {"limit", budget.limited() ? budget.text() : "candidates " + std::to_string(spec.budget.candidates)},
        {"seconds", budget.limited() ? Json(budget.limit()) : Json(nullptr)},
        {"not_run", batch.not_run},
        {"reasons", budget_reasons(plan, batch)}};
  decision["champion_version"] = champion.registered ? Json(champion.registered->version) : Json(nullptr);
  decision["registry"] = {{"store", std::filesystem::absolute(spec.registry.store).string()},
                          {"name", spec.registry.name}};
  decision["spec_sha256"] = content_hash(spec);
  decision["trained_until"] = plan.cross_validated ? Json(nullptr) : Json(format_time(plan.periods.trained_until));
  decision["decided_at"] = plan.cross_validated ? Json(nullptr) : Json(format_time(plan.periods.decided));
  decision["seed"] = spec.compute.seed;
  const double seconds = budget.spent();
  Json cost = {{"seconds", seconds}, {"training_seconds", batch.seconds}, {"peak_bytes", batch.peak_bytes}};
  if (spec.budget.price_per_hour > 0) cost["price"] = seconds / 3600 * spec.budget.price_per_hour;
  decision["cost"] = cost;
  write_metrics(folder.aside(), spec.registry.name, verdict, cost);
  rewrite(folder.aside() + "/decision.json", decision);
}

RunResult finish_promotion(const Spec& spec, const RunFolder& folder, EventSink& events) {
  const std::string path = folder.target() + "/decision.json";
  Json decision = parse_json(read_file(path), path);
  std::error_code ignored;
  std::filesystem::remove_all(folder.target() + "/checkpoints", ignored);  // of what is decided
  RunResult result{folder.id(), folder.target(), verdict_from_json(decision), decision.contains("registered")};
  if (result.resumed || spec.registry.name.empty()) return result;
  Registry registry(spec.registry.store);
  RegisteredModel model;
  model.name = spec.registry.name;
  model.kind = "bakeoff";
  model.location = folder.target() + "/model";
  model.metadata = json_line(metadata_of(folder, decision));
  const RegisteredModel added = registry.add(model, folder.id());
  if (result.verdict.outcome == Outcome::promote) {
    const Json& version = decision.at("champion_version");
    const auto expected = version.is_null() ? std::nullopt : std::optional(version.get<std::int64_t>());
    try {
      registry.promote(model.name, added.version, expected, folder.id(), result.verdict.reasons.front());
      events.emit("promoted", {{"name", model.name}, {"version", added.version}});
    } catch (const PromotionConflict& conflict) {
      decision["verdict"] = name(Outcome::none);
      decision["reasons"].push_back(conflict.what());
      decision["registered"] = added.version;
      rewrite(path, decision);
      result.verdict.outcome = Outcome::none;
      write_metrics(folder.target(), spec.registry.name, result.verdict, decision.at("cost"));
      throw;
    }
  }
  decision["registered"] = added.version;
  rewrite(path, decision);
  return result;
}

}  // namespace bakeoff
