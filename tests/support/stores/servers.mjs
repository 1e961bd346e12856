/** The S3 servers of others that tests run, each with its packages from PyPI. The name changes with the packages: what is installed is found by it. */
export const SERVERS = [
  { name: "ministack-1.5.33", packages: ["ministack==1.5.33"] },
  { name: "moto-5.2.5", packages: ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"] },
];
