package dev.muster.benchmarks.harness;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that a run found, as a table for people or as JSON.
 *
 * @param command what to type to have it again
 * @param machine facts, by their name
 * @param others processors that others kept busy meanwhile, by the name of the row
 */
public record Report(String command, Map<String, String> machine, List<Line> lines, Map<String, Double> others) {

    public String markdown() {
        Table table = new Table(
                "row", "contender", "median [min … max]", "unit", "beside", "target", "reached", "others' CPU");
        String last = "";
        for (Line line : lines) {
            Spread figure = line.figure();
            Boolean reached = line.reached();
            boolean first = !line.row().equals(last);
            table.add(
                    first ? line.row() : "",
                    line.contender(),
                    figure == null ? "–" : figure.toString(),
                    line.unit(),
                    line.note(),
                    line.target(),
                    reached == null ? "" : reached ? "yes" : "**no**",
                    first ? Numbers.plain(others.getOrDefault(line.row(), 0.0)) : "");
            last = line.row();
        }
        List<String> facts = new ArrayList<>();
        machine.forEach((name, value) -> facts.add(name + " " + value));
        return "    " + command + "\n\n" + String.join("; ", facts) + ".\n\n" + table.markdown();
    }

    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("command", command);
            json.writeObjectFieldStart("machine");
            for (Map.Entry<String, String> fact : machine.entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("lines");
            for (Line line : lines) {
                write(json, line);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("others");
            for (Map.Entry<String, Double> row : others.entrySet()) {
                json.writeNumberField(row.getKey(), row.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be written", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Line line) throws IOException {
        json.writeStartObject();
        json.writeStringField("row", line.row());
        json.writeStringField("contender", line.contender());
        json.writeStringField("unit", line.unit());
        Spread figure = line.figure();
        if (figure != null) {
            json.writeNumberField("median", figure.median());
            json.writeNumberField("min", figure.min());
            json.writeNumberField("max", figure.max());
        }
        json.writeStringField("beside", line.note());
        json.writeStringField("target", line.target());
        Boolean reached = line.reached();
        if (reached != null) {
            json.writeBooleanField("reached", reached);
        }
        json.writeEndObject();
    }
}
