// Stops a run when it is asked for: at once where the bill stops too; after a question where the provider bills to the end.
import { complaint } from "./complaint.js";
import { runs } from "./runs.js";
import { toast } from "./toast.js";
import { amount, providerName } from "./words.js";

const ask = async (question) => (await import("./elements/mr-dialog.js")).ask(question);

export async function stop(run) {
  try {
    const bound = await runs.bound(run.id);
    if (bound.policy === "drain" && bound.charged > 0 && run.face !== "queued") {
      const sure = await ask({
        title: "Stop this run?",
        text: `${providerName(run.provider)} bills a run to its end, so stopping does not save anything. We keep the result for you: it costs at most ${amount(bound.charged)} either way.`,
        act: "Stop anyway",
        safe: "Let it finish",
      });
      if (!sure) return;
    }
    await runs.stop(run.id);
  } catch (refusal) {
    if (refusal.status === 404) return runs.refresh(run.id).catch(() => {});
    complaint.about("It was not stopped.", refusal);
  }
}

export async function removeRun(run) {
  const sure = await ask({
    title: "Delete this run?",
    text: "Its files go at once, for good. What it cost stays in your ledger.",
    act: "Delete",
    safe: "Keep it",
  });
  if (!sure) return false;
  await runs.remove(run.id);
  toast.say("Deleted.");
  return true;
}
