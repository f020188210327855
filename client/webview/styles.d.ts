/** Style sheets become a file beside the bundle of the page that imports them. */
declare module "*.css";
