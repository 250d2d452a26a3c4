// Where the client begins.
import { models } from "./models.js";
import { router } from "./router.js";
import { session } from "./session.js";
import "./speaker.js";
import "./elements/mr-app.js";

router.start();
session.addEventListener("change", () => session.state === "in" && models.load());
session.resume();
