#include "spec/spec.h"

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/text.h"
#include "spec/check.h"
#include "spec/fields.h"
#include "spec/yaml_text.h"

namespace bakeoff {
namespace {

constexpr std::size_t kLargestSpec = 4 << 20;  // ten thousand columns are a few hundred kilobytes
constexpr std::size_t kMostErrors = 10;

void throw_all(std::vector<std::string> errors) {
  if (errors.empty()) return;
  if (errors.size() > kMostErrors) {
    const std::string rest = "and " + std::to_string(errors.size() - kMostErrors) + " errors more";
    errors.resize(kMostErrors);
    errors.push_back(rest);
  }
  throw SpecError(join(errors, "\n"));
}

}  // namespace

Spec parse_spec(const std::string& text, const std::string& path, const Overrides& overrides) {
  if (text.size() > kLargestSpec) throw SpecError(path + ": expected a spec of at most 4 MiB; is it the right file?");
  spec_reading::Node tree = spec_reading::read_tree(text, path);
  spec_reading::apply_overrides(tree, overrides);
  spec_reading::Reading reading;
  Spec spec = spec_reading::spec_codec().read(tree, reading);
  throw_all(std::move(reading.errors));
  spec_reading::complete(spec, tree);
  throw_all(spec_reading::broken_rules(spec, tree));
  spec.text = spec_reading::yaml_text(spec_reading::spec_codec().write(spec));
  return spec;
}

std::vector<FamilySpec> parse_families(const std::string& text, const std::string& path) {
  spec_reading::Reading reading;
  std::vector<FamilySpec> families = spec_reading::families_codec().read(spec_reading::read_tree(text, path), reading);
  throw_all(std::move(reading.errors));
  return families;
}

Spec read_spec(const std::string& path, const Overrides& overrides) {
  return parse_spec(read_file(path, kLargestSpec), path, overrides);
}

std::pair<std::string, std::string> parse_override(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0)
    throw SpecError("--set: expected field=value such as split.at=2013-07-01, got '" + printable(argument) + "'");
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

std::string content_hash(const Spec& spec) {
  Spec elsewhere = spec;
  elsewhere.compute.device = ComputeSpec().device;
  elsewhere.compute.threads = ComputeSpec().threads;
  Json written = spec_reading::spec_codec().write(elsewhere);
  written.erase("checkpoint");
  return sha256(spec_reading::yaml_text(written));
}

std::string spec_schema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Bakeoff spec, bakeoff/v1"}};
  schema.update(spec_reading::spec_codec().schema);
  return json_pretty(schema);
}

}  // namespace bakeoff
