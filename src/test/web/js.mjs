// The modules under test, from where the server serves them.
export const WEB = new URL("../../main/resources/web/", import.meta.url);

export const load = (path) => import(new URL(`js/${path}`, WEB));
