#include "export/catalog.h"

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "export/onnx/onnx.h"
#include "export/safetensors/linear_file.h"

namespace bakeoff {
namespace {

constexpr Exporter kExporters[] = {
    {"onnx", write_onnx},
    {"safetensors", write_safetensors},
};

}  // namespace

std::span<const Exporter> exporters() { return kExporters; }

const Exporter& find_exporter(const std::string& name) {
  std::vector<std::string> known;
  for (const Exporter& exporter : kExporters) {
    if (name == exporter.name) return exporter;
    known.push_back(exporter.name);
  }
  throw SpecError("export: expected " + join(known, " or ") + ", got '" + printable(name) + "'" + hint(name, known));
}

void export_model(const Model& model, const std::vector<std::string>& formats, const std::string& folder) {
  for (const auto& format : formats) find_exporter(format);  // all are known before the first is written
  make_folder(folder);
  for (const auto& format : formats) find_exporter(format).write(model, folder);
}

}  // namespace bakeoff
